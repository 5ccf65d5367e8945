package fringe;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.Before;
import org.junit.Test;

/** What a start of Fringe finds in its cache, and leaves there. Every start is a Java of its own. */
public class CacheTest {
    private static final Path JAR = Paths.get(System.getProperty("fringe.jar"));
    private static final String VERSION = System.getProperty("fringe.version");
    private Path caches;
    private Path folder;

    /** Loads the library from each of the jars, and says "loaded PATH" or "refused MESSAGE". */
    public static final class Start {
        private Start() {
        }

        public static void main(String[] jars) throws Exception {
            for (String jar : jars) {
                URL[] path = {new File(jar).toURI().toURL()};
                ClassLoader loader = new URLClassLoader(path, ClassLoader.getSystemClassLoader().getParent());
                try {
                    System.out.println("loaded " + loader.loadClass("fringe.Library").getMethod("path").invoke(null));
                } catch (InvocationTargetException e) {
                    System.out.println("refused " + e.getCause().getMessage());
                }
            }
        }
    }

    @Before
    public void empty() throws Exception {
        caches = Files.createTempDirectory("caches ");
        folder = caches.resolve("fringe");
    }

    private Process begin(String... words) throws Exception {
        String tests = new File(CacheTest.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.addAll(all.indexOf("JAVA"), Arrays.asList(System.getProperty("java.home") + "/bin/java", "-cp", tests,
                Start.class.getName()));
        all.remove("JAVA");
        ProcessBuilder start = new ProcessBuilder(all).redirectErrorStream(true);
        start.environment().put("XDG_CACHE_HOME", caches.toString());
        return start.start();
    }

    private static String said(Process start) throws Exception {
        String text = new String(read(start.getInputStream()), StandardCharsets.UTF_8).trim();
        assertEquals(text, 0, start.waitFor());
        return text;
    }

    private String start(Path... jars) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList("JAVA"));
        for (Path jar : jars) words.add(jar.toString());
        return said(begin(words.toArray(new String[0])));
    }

    private static byte[] read(InputStream in) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] block = new byte[1 << 16];
        for (int got = in.read(block); got >= 0; got = in.read(block)) out.write(block, 0, got);
        return out.toByteArray();
    }

    private List<String> names() throws Exception {
        try (java.util.stream.Stream<Path> below = Files.list(folder)) {
            return below.map(path -> path.getFileName().toString()).sorted().collect(java.util.stream.Collectors.toList());
        }
    }

    /** The folder that the jar was unpacked to. */
    private Path unpacked() throws Exception {
        String said = start(JAR);
        assertTrue(said, said.startsWith("loaded " + folder));
        return Paths.get(said.substring("loaded ".length())).getParent().getParent();
    }

    @Test
    public void damagedFilesAreUnpackedAnew() throws Exception {
        Path tree = unpacked(), library = tree.resolve("lib/libfringe.so.0"), model = tree.resolve("share/fringe/models/hrtem-particles");
        byte[] whole = Files.readAllBytes(library), damaged = whole.clone();
        damaged[whole.length / 2] ^= 1;
        Files.write(library, damaged); // of the same size
        assertEquals(tree, unpacked());
        assertArrayEquals(whole, Files.readAllBytes(library));
        Files.write(library, new byte[0]); // as a crash of the system leaves it
        Files.delete(model.resolve("rdf.yaml"));
        assertEquals(tree, unpacked());
        assertArrayEquals(whole, Files.readAllBytes(library));
        assertTrue(Files.exists(model.resolve("rdf.yaml")));
        assertEquals("nothing else is left", Arrays.asList(tree.getFileName().toString()), names());
    }

    private void leave(String name, int days) throws Exception {
        Files.createDirectories(folder.resolve(name).resolve("lib"));
        Files.write(folder.resolve(name).resolve("lib/libfringe.so.0"), new byte[] {1});
        Files.setLastModifiedTime(folder.resolve(name), FileTime.from(Instant.now().minus(Duration.ofDays(days))));
    }

    @Test
    public void oldVersionsAndInterruptedStartsGo() throws Exception {
        leave("0.0.1-0123456789abcdef", 31);
        leave("0.0.2-0123456789abcdef", 5);
        leave(".unpacking-1", 31);
        leave(".unpacking-2", 0);
        leave("notes", 400); // none of ours
        Path tree = unpacked();
        assertEquals(Arrays.asList(".unpacking-2", "0.0.2-0123456789abcdef", tree.getFileName().toString(), "notes"), names());
        Files.setLastModifiedTime(tree, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        unpacked();
        assertTrue("what is used stays", Files.getLastModifiedTime(tree).toInstant().isAfter(Instant.now().minus(Duration.ofHours(1))));
    }

    @Test
    public void manyStartsAtOnce() throws Exception {
        List<Process> starts = new ArrayList<>();
        for (int i = 0; i < 3; i++) starts.add(begin("JAVA", JAR.toString()));
        for (Process one : starts) {
            String said = said(one);
            assertTrue(said, said.startsWith("loaded " + folder));
        }
        assertEquals(names().toString(), 1, names().size());
    }

    /** As an ordinary user, whom permissions bind. */
    private String startBound() throws Exception {
        return System.getProperty("user.name").equals("root")
                ? said(begin("setpriv", "--bounding-set=-dac_override", "JAVA", JAR.toString())) : start(JAR);
    }

    private static void permit(Path path, String permissions) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    @Test
    public void cacheThatMayOnlyBeRead() throws Exception {
        Path tree = unpacked();
        permit(tree, "r-xr-xr-x");
        permit(folder, "r-xr-xr-x");
        try {
            assertEquals("loaded " + tree.resolve("lib/libfringe-jni.so"), startBound());
            permit(folder, "rwxr-xr-x");
            Files.move(tree, caches.resolve("elsewhere"));
            permit(folder, "r-xr-xr-x");
            String said = startBound();
            assertTrue(said, said.startsWith("refused the library of Fringe " + VERSION + " cannot be loaded. Tried:"));
            assertTrue(said, said.contains(folder + ": java.nio.file.AccessDeniedException"));
        } finally {
            permit(folder, "rwxr-xr-x");
        }
    }

    private interface Change {
        byte[] of(String name, byte[] bytes);
    }

    /** The jar with its files changed, and the index of its natives made anew where that is asked for. */
    private Path changed(String name, boolean index, Change change) throws Exception {
        Path made = caches.resolve(name);
        List<String> natives = new ArrayList<>();
        String listed = null;
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(JAR));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(made))) {
            out.setLevel(1);
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String file = entry.getName();
                byte[] bytes = change.of(file, read(in));
                if (index && file.matches("natives/.*/index")) listed = file;
                if (file.equals(listed)) continue;
                if (file.matches("natives/.*/.+")) natives.add(line(bytes, file.substring(file.lastIndexOf('/') + 1)));
                out.putNextEntry(new ZipEntry(file));
                out.write(bytes);
            }
            if (index) {
                out.putNextEntry(new ZipEntry(listed));
                out.write(String.join("\n", natives).getBytes(StandardCharsets.UTF_8));
            }
        }
        return made;
    }

    private static String line(byte[] bytes, String name) throws Exception {
        StringBuilder text = new StringBuilder();
        for (byte b : MessageDigest.getInstance("SHA-256").digest(bytes)) text.append(String.format("%02x", b & 255));
        return text + " " + bytes.length + " " + name;
    }

    @Test
    public void twoVersionsInOneJava() throws Exception {
        String version = VERSION.replaceAll("[0-9]", "9");
        assertFalse(VERSION.equals(version));
        Path other = changed("Fringe_-" + version + ".jar", true, (name, bytes) -> {
            if (!name.matches("natives/.*/libfringe.*|.*version.properties")) return bytes;
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            return text.replace(VERSION, version).getBytes(StandardCharsets.ISO_8859_1); // of the same length
        });
        assertTrue(start(other).startsWith("loaded " + folder.resolve(version)));
        String[] said = start(JAR, other).split("\n", 2);
        assertTrue(said[0], said[0].startsWith("loaded " + folder.resolve(VERSION)));
        assertTrue(said[1], said[1].contains("libfringe " + VERSION + " is loaded, and libfringe-jni was built for " + version
                + ": is there a second Fringe?"));
        assertEquals("two versions, two folders", 2, names().size());
    }

    @Test
    public void damagedJarIsRefused() throws Exception {
        Path damaged = changed("damaged.jar", false, (name, bytes) -> {
            if (name.endsWith("/libfringe.so.0")) bytes[bytes.length / 2] ^= 1;
            return bytes;
        });
        String said = start(damaged);
        assertTrue(said, said.startsWith("refused") && said.contains("libfringe.so.0 in the jar is damaged"));
        assertEquals("nothing is left of the attempt", 0, names().size());
    }
}
