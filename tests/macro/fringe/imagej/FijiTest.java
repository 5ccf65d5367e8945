package fringe.imagej;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import ij.IJ;
import ij.ImageJ;
import ij.Menus;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Hashtable;
import java.util.Locale;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Before;
import org.junit.Test;

/**
 * ImageJ as Fiji changes it: with the patches of ij1-patcher, the jar on the application's class path, among commands of
 * Fiji's. The other tests of windows are run here too.
 */
public class FijiTest {
    @Before
    public void clear() {
        Session.clear();
    }

    @Test
    public void thisIsFijisImageJ() throws Exception {
        assertNotNull(IJ.class.getField("_hooks"));
        assertEquals(ImageJ.class.getClassLoader(), SegmentCommand.class.getClassLoader());
    }

    /** A label is the name of a command and global; so is a label but for its case or the dots behind it to a user. */
    @Test
    public void labelsAreNotFijis() throws Exception {
        Set<String> others = new TreeSet<>();
        for (String line : Files.readAllLines(Session.ROOT.resolve("tests/macro/fiji_labels.txt"), StandardCharsets.UTF_8))
            if (!line.startsWith("#")) others.add(plain(line));
        assertTrue(others.size() + " labels", others.size() > 150 && others.contains("trainable weka segmentation"));
        int before = others.size();
        Pattern entry = Pattern.compile("^[a-z]+\\d+=\"([^\"]*)\"");
        try (InputStream own = ImageJ.class.getResourceAsStream("/IJ_Props.txt"); Scanner lines = new Scanner(own, "UTF-8")) {
            while (lines.hasNextLine()) {
                Matcher line = entry.matcher(lines.nextLine());
                if (line.find()) others.add(plain(line.group(1)));
            }
        }
        assertTrue(others.size() > before + 200 && others.contains("measure"));
        int ours = 0;
        Hashtable<?, ?> commands = Menus.getCommands();
        for (Object label : commands.keySet()) {
            if (!String.valueOf(commands.get(label)).startsWith("fringe.")) continue;
            ours++;
            assertFalse(label + " is another's", others.contains(plain((String) label)));
        }
        assertTrue(ours + " of ours", ours >= 5);
        for (String other : others) assertFalse(other, other.startsWith("fringe"));
        assertEquals("no shortcut of ImageJ's or Fiji's is ours", 0,
                Menus.getShortcuts().values().stream().filter(label -> String.valueOf(label).contains("Fringe")).count());
    }

    private static String plain(String label) {
        return label.replaceAll("\\[.*\\]$", "").replaceAll("[ .]+$", "").toLowerCase(Locale.ROOT);
    }

    /** Of two jars in the plugins folder ImageJ runs one or the other: the first command tells of it. */
    @Test
    public void secondJarIsTold() throws Exception {
        assertTrue(Files.exists(Paths.get(IJ.getDirectory("plugins"), "Fringe_-0.0.1.jar")));
        IJ.run("Fringe Model Info...", "model=hrtem-particles");
        Session.window("Fringe Model Info").dispose();
        assertTrue(IJ.getLog(), IJ.getLog().contains("Fringe: there are 2 in " + IJ.getDirectory("plugins")));
    }
}
