// The commands in short, as a window; call("fringe.imagej.HelpCommand.call") gives the same as HTML.
run("Fringe Help");
