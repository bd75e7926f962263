"""What the product costs, as ratios: ``python -m benchmarks`` or ``just bench``."""
