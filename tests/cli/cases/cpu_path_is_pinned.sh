FRINGE_CPU=portable fringe --version
