package fringe.imagej;

import fringe.FringeCancelledException;
import fringe.FringeException;
import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import java.io.File;

/** What all commands do alike: lock the image, say what went wrong, stop a macro that cannot go on. */
final class Commands {
    private static boolean lookedForOthers;

    private Commands() {
    }

    /** Runs a command's body on an image that may be null. */
    static void run(String title, ImagePlus image, Runnable body) {
        warnOfOthers();
        if (image != null && !image.lock()) return; // ImageJ has told the user
        try {
            body.run();
        } catch (FringeCancelledException e) {
            IJ.showStatus(title + ": cancelled");
            Macro.abort();
        } catch (FringeException e) {
            IJ.error(title, wrapped(e.getMessage()));
            Macro.abort();
        } finally {
            if (image != null) image.unlock();
        }
    }

    /** Of two jars ImageJ runs one or the other: says so, once. */
    private static synchronized void warnOfOthers() {
        String folder = IJ.getDirectory("plugins");
        if (lookedForOthers || folder == null) return;
        lookedForOthers = true;
        String[] jars = new File(folder).list((parent, name) -> name.matches("Fringe_.*\\.jar"));
        if (jars != null && jars.length > 1)
            IJ.log("Fringe: there are " + jars.length + " in " + folder + ": " + String.join(", ", jars)
                    + "; keep one of them");
    }

    /** Long messages in lines that a dialog can show. */
    private static String wrapped(String message) {
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : message.split("(?<=[ \\n])")) {
            if (column > 0 && column + word.length() > 90) {
                lines.append('\n');
                column = 0;
            }
            lines.append(word);
            column = word.endsWith("\n") ? 0 : column + word.length();
        }
        return lines.toString();
    }
}
