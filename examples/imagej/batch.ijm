// Segments every TIFF of a folder; the model stays loaded. An image that fails is named and the others go on.
//
//     java -jar ij.jar -macro batch.ijm FOLDER
folder = getArgument();
if (folder == "") folder = getDirectory("A folder of micrographs");
if (!endsWith(folder, File.separator)) folder = folder + File.separator;
output = folder + "masks" + File.separator;
File.makeDirectory(output);
run("Fringe Macro Extensions");
setBatchMode(true);
names = getFileList(folder);
done = 0;
for (i = 0; i < names.length; i++) {
    if (!endsWith(names[i], ".tif")) continue;
    open(folder + names[i]);
    Ext.fringeSegment("model=hrtem-particles mask stack", error);
    if (error == "") {
        saveAs("tiff", output + getTitle());
        done++;
    } else {
        print(names[i] + ": " + error);
    }
    close("*");
}
Ext.fringeRelease();
print(done + " masks in " + output);
