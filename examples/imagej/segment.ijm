// Opens a micrograph, finds its particles, measures them.
//
//     java -jar ij.jar -macro segment.ijm MICROGRAPH      or Plugins>Macros>Run...
path = getArgument();
if (path == "") path = File.openDialog("A micrograph");
open(path);
run("Fringe Segment...", "model=hrtem-particles threshold=0.5 mask overlay");

// The mask is the current image. It came with its threshold; a mask that was opened from a file needs the next line.
setThreshold(255, 255);
run("Set Measurements...", "area fit redirect=None decimal=4");
run("Analyze Particles...", "display clear");
print(nResults + " particles in " + File.getName(path));
