"""Who comes to a city: learned from firms that founded plants in other cities, and judged by those that came later."""

from recommend.arrivals.events import Past, read_past
from recommend.arrivals.features import FEATURES, Market
from recommend.arrivals.model import Model, learn
from recommend.arrivals.predictions import predict, read_cities

__all__ = ["FEATURES", "Market", "Model", "Past", "learn", "predict", "read_cities", "read_past"]
