"""Enums, logger and helpers, at the places where gym-pybullet-drones has them."""
