// Tests a bioimage.io package and installs it, for ImageJ and for the command line.
//
//     java -jar ij.jar -macro install-model.ijm PACKAGE.zip
path = getArgument();
if (path == "") path = File.openDialog("A package: .zip, or the rdf.yaml of a folder");
run("Fringe Install Model...", "path=[" + path + "]");
