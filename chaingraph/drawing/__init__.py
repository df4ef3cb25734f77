"""The chain and the roadmap as pictures: SVG and PNG."""
