"""Who is logged in: by the team's OpenID provider where one is configured, else by an account of this workspace."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from chaingraph.accounts import Accounts
from chaingraph.diagnosis import Diagnosis
from chaingraph.recommendation import Recommendation
from dashboard.login import COOKIE, workspace
from dashboard.state import language, say
from recommend.register import TargetRegister

_FORM = """
<form autocomplete="on"><label><span data-word="name"></span><input name="name" autocomplete="username" required maxlength="64"></label>
<label><span data-word="password"></span><input name="password" type="password" autocomplete="current-password" required maxlength="256"></label>
<div role="alert"></div><button type="submit" data-word="enter"></button></form>
"""
_STYLE = """
form { display: grid; gap: 0.6rem; min-width: 15rem; font: 0.95rem/1.4 var(--st-font); color: var(--st-text-color); }
label { display: grid; gap: 0.2rem; }
input { padding: 0.45rem 0.6rem; border: 1px solid var(--st-border-color); border-radius: 6px; font: inherit; color: inherit; background: var(--st-secondary-background-color); }
button { padding: 0.45rem 0.8rem; border: 0; border-radius: 6px; font: inherit; font-weight: 600; cursor: pointer; background: var(--st-primary-color); color: var(--st-background-color); }
input:focus-visible, button:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 2px; }
[role=alert] { color: var(--st-red-text-color, #b3261e); min-height: 1.2em; }
"""
_SCRIPT = """
// The password goes to the server's own login, not through the page's session; what comes back is a cookie no script can read.
export default function ({ data, parentElement }) {
  const form = parentElement.querySelector("form");
  for (const e of form.querySelectorAll("[data-word]")) e.textContent = data[e.dataset.word];
  form.onsubmit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const answer = await fetch("/login", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
    const told = answer.ok ? await answer.json() : {};
    if (told.name) return window.location.reload();
    form.querySelector("[role=alert]").textContent = told.error ? told.error[data.lang] : data.failed;
  };
}
"""
_LEAVE = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.textContent = data.leave;
  button.onclick = async () => { await fetch("/logout", { method: "POST" }); window.location.reload(); };
}
"""


def user() -> str | None:
    """Return the name of who is logged in, None for a guest."""
    if provider():
        return str(st.user.email or st.user.sub) if st.user.is_logged_in else None
    token = st.context.cookies.get(COOKIE)
    return Accounts(workspace()).session_user(token) if isinstance(token, str) else None


def provider() -> bool:
    """Tell whether logging in is left to an OpenID provider (`[auth]` in Streamlit's secrets)."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def register() -> TargetRegister | None:
    """Return the kept list of who is logged in, None for a guest."""
    name = user()
    return TargetRegister(workspace(), name) if name else None


def menu() -> None:
    """Show who is logged in and the way out, or the way in."""
    name = user()
    if provider():
        if name and st.button(say(f"退出 {name}", f"Log out {name}")):
            st.logout()
        if not name and st.button(say("登录", "Log in")):
            st.login()
        return
    with st.popover(name or say("登录", "Log in")):
        if name:
            st.caption(say("清单只有自己看得到。", "Only you see your list."))
            _leave()(data={"leave": say("退出", "Log out")}, key="leave")
            return
        words = {
            "name": say("用户名", "User name"),
            "password": say("密码", "Password"),
            "enter": say("登录", "Log in"),
            "failed": say("没有登录成功，请再试。", "Logging in failed; try again."),
            "lang": language(),
        }
        _form()(data=words, key="login")
        st.caption(
            say(
                "看数据不用登录；保存清单要登录。账户由管理员用 chaingraph user add 添加。",
                "Reading needs no login, keeping a list does. An administrator adds accounts with `chaingraph user add`.",
            )
        )


@st.cache_resource(show_spinner=False)
def _form() -> Any:
    return st.components.v2.component("login", html=_FORM, css=_STYLE, js=_SCRIPT)


@st.cache_resource(show_spinner=False)
def _leave() -> Any:
    return st.components.v2.component("leave", html="<button type='button'></button>", css=_STYLE, js=_LEAVE)


def add_button(d: Diagnosis, target: Recommendation) -> None:
    """Offer to keep a target on the list of who is logged in."""
    own = register()
    if own is None:
        st.button(
            say("加入清单", "Add to my list"), disabled=True, help=say("登录后可以保存清单", "Log in to keep a list"), key="add"
        )
        return
    key = (target.region_code, target.segment_id, target.company_id)
    there = any(e.key == key for e in own.entries(target.region_code, d.chain_id))
    words = say("更新清单里的得分", "Update its score on my list") if there else say("加入清单", "Add to my list")
    if st.button(words, key="add", type="secondary" if there else "primary"):
        own.add(target, data_version=d.version)
        st.toast(say(f"{target.name}已在清单里。", f"{target.name} is on your list."))
        st.rerun()
