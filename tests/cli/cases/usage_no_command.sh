fringe
