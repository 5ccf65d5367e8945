// Measures the particles of a mask or label image, with the grey values of its micrograph where that is there.
//
//     java -jar ij.jar -macro measure.ijm "MASK;MICROGRAPH"      or Plugins>Macros>Run...
part = split(getArgument(), ";");
if (part.length == 0) part = newArray(File.openDialog("A mask or label image"));
image = "none";
if (part.length > 1) {
    open(part[1]);
    image = getTitle();
}
open(part[0]);
run("Fringe Measure...", "image=[" + image + "] split=0.7 border=exclude overlay");
whole = nResults;
print(whole + " particles in " + File.getName(part[0]));
if (whole > 0) print("the first one: " + getResult("diameter", 0) + " " + getResultString("unit", 0) + " across");
