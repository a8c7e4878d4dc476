"""The civil registry: yes or no about one person, a household proposed, population sums."""
