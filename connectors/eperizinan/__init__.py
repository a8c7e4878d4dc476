"""The licence feed of the city's licensing system."""
