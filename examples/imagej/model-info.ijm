// What a model is: as a window, or as text for a macro to read.
model = getArgument();
if (model == "") model = "hrtem-particles";
run("Fringe Model Info...", "model=[" + model + "]");
lines = split(call("fringe.imagej.ModelInfoCommand.call", model), "\n");
for (i = 0; i < lines.length; i++)
    if (startsWith(lines[i], "pixel size")) print(model + " works at a " + replace(lines[i], "\t", " of "));
