package fringe.imagej;

import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.nio.file.Path;
import org.junit.Test;

/** What Fiji does when it is started with --headless: its ImageJ has dialogs that read the macro's options only. */
public class FijiHeadlessTest {
    /** Without a window plain ImageJ cannot run commands at all; here the recorder's lines do. */
    @Test
    public void recordedLinesRun() throws Exception {
        assertNotNull(IJ.class.getField("_hooks"));
        ImagePlus input = Session.micrograph();
        Path folder = Session.folder(), file = folder.resolve("input.tif");
        Session.save(input, file);
        String answer = IJ.runMacro("setBatchMode(true);\n"
                + "open(\"" + file + "\");\n"
                + "run(\"Fringe Segment...\", \"model=hrtem-particles threshold=0.50 probability mask overlay\");\n"
                + "saveAs(\"tiff\", \"" + folder.resolve("mask.tif") + "\");\n"
                + "selectImage(\"input-probability\");\n"
                + "saveAs(\"tiff\", \"" + folder.resolve("probability.tif") + "\");\n"
                + "selectImage(\"input.tif\");\n"
                + "outlines = Overlay.size;\n"
                + "run(\"Fringe Macro Extensions\");\n"
                + "Ext.fringeSegment(\"model=hrtem-particles mask\", error);\n"
                + "Ext.fringeRelease();\n"
                + "run(\"Fringe Model Info...\", \"model=hrtem-particles\");\n"
                + "return toString(outlines) + error;");
        for (String what : new String[] {"mask", "probability"})
            Session.assertSamePixels(what, Session.commandLine(input, what), IJ.openImage(folder.resolve(what + ".tif").toString()));
        assertTrue(answer, Integer.parseInt(answer) > 0);
    }
}
