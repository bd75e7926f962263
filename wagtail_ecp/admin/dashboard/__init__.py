"""The dashboard: panels in a grid, chosen by whoever looks at them."""
