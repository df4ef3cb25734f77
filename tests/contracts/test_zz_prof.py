import sys; sys.path.insert(0,'/work/main/tests/contracts')
import cProfile,pstats,time
def test_prof(raw_whole,tmp_path):
    import importlib.util
    spec=importlib.util.spec_from_file_location('tb','/work/main/tests/contracts/test_build.py'); m=importlib.util.module_from_spec(spec); sys.modules['tb']=m; spec.loader.exec_module(m)
    b=m.Built(raw_whole.root,m.inputs(tmp_path/'data'))
    t=time.time(); pr=cProfile.Profile(); pr.enable(); b.build(); pr.disable(); print('T',time.time()-t)
    pstats.Stats(pr).sort_stats('cumulative').print_stats(45)
