package fringe.imagej;

import fringe.Library;
import ij.IJ;
import ij.gui.HTMLDialog;
import ij.plugin.PlugIn;
import java.awt.GraphicsEnvironment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Plugins>Fringe>Fringe Help: what the commands do, and which library runs. */
public class HelpCommand implements PlugIn {
    private static final String TITLE = "Fringe Help";

    @Override
    public void run(String argument) {
        Commands.run(TITLE, null, () -> {
            if (GraphicsEnvironment.isHeadless()) IJ.log(text());
            else new HTMLDialog(TITLE, text(), false);
        });
    }

    /** The same as HTML, for macros without windows. */
    public static String call() {
        return text();
    }

    static String text() {
        try (InputStream in = HelpCommand.class.getResourceAsStream("help.html")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] block = new byte[8192];
            for (int got = in.read(block); got >= 0; got = in.read(block)) out.write(block, 0, got);
            return out.toString("UTF-8").replace("VERSION", Library.version()).replace("LIBRARY",
                    Library.path() + ", instruction path " + Library.cpuPath() + ", " + Library.blas());
        } catch (IOException e) {
            IJ.log("Fringe: help.html cannot be read: " + e);
            return "<html></html>";
        }
    }
}
