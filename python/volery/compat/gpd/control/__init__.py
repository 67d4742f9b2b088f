"""Controllers, at the places where gym-pybullet-drones has them."""
