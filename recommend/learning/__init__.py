"""The learned profile: weights and chance fitted on real arrivals, on the product's own signals."""

from recommend.learning.cuts import Arrivals
from recommend.learning.profile import Learned, fit
from recommend.learning.trial import ProfileTrial, trial

__all__ = ["Arrivals", "Learned", "ProfileTrial", "fit", "trial"]
