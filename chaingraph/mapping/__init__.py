"""Maps of where firms are and where they would come from: SVG."""
