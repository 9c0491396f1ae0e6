"""Register files of practices: the layout, reading one, and a fictional one as a sample."""
