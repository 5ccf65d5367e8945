// Without a window: everything goes through call(), since run() needs one.
//
//     java -Djava.awt.headless=true -jar ij.jar -batch headless.ijm "MICROGRAPH;FOLDER"
part = split(getArgument(), ";");
print(call("fringe.imagej.SegmentCommand.call", part[0], part[1], "model=hrtem-particles mask probability overlay"));
