// Finds, measures and classifies the particles of a micrograph; of a folder, of all images in it, with a report.
// A forest that tells stacking faults is used where one is installed as hrtem-faults; forest=none leaves classes out.
//
//     java -jar ij.jar -macro analyze.ijm MICROGRAPH_OR_FOLDER      or Plugins>Macros>Run...
path = getArgument();
if (path == "") path = File.openDialog("A micrograph");
if (File.isDirectory(path)) {
    output = path + File.separator + "analyzed";
    run("Fringe Analyze Folder...", "input=[" + path + "] output=[" + output + "] model=hrtem-particles table");
} else {
    open(path);
    run("Fringe Analyze...", "model=hrtem-particles mask overlay plot");
    print(nResults + " particles in " + File.getName(path));
}
