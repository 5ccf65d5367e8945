fringe --version
