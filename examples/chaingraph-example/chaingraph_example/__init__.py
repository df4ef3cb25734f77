"""A signal, a metric and an exporter for chaingraph."""
