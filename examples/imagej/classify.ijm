// Tells which particles of a mask or label image have stacking faults or twins, and shows the spectrum of the one with
// the most reflections; a click on any other particle shows its own.
//
//     java -jar ij.jar -macro classify.ijm "MASK;MICROGRAPH"      or Plugins>Macros>Run...
part = split(getArgument(), ";");
if (part.length < 2) part = newArray(File.openDialog("A mask or label image"), File.openDialog("Its micrograph"));
open(part[1]);
image = getTitle();
open(part[0]);
run("Fringe Classify...", "image=[" + image + "] forest=hrtem-faults overlay");
best = -1;
for (i = 0; i < nResults; i++)
    if (best < 0 || getResult("spots", i) > getResult("spots", best)) best = i;
print(nResults + " particles in " + File.getName(part[0]));
if (best >= 0) {
    print("particle " + (best + 1) + ": " + getResultString("class", best) + ", " + getResultString("phase", best));
    selectWindow(image);
    x = getResult("X", best);
    y = getResult("Y", best);
    toUnscaled(x, y);
    run("Fringe Spectrum...", "x=" + floor(x) + " y=" + floor(y));
}
