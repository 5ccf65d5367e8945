package fringe;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Finds and loads the native library: in java.library.path, then in the jar, from which it is unpacked into the
 * {@link Cache}. It is loaded once per class loader; the first class that needs it asks for it.
 */
public final class Library {
    private static final String NAME = System.mapLibraryName("fringe-jni");
    private static String loadedFrom;

    private Library() {
    }

    /** Loads the library unless it is loaded. FringeLibraryException names every path that was tried, and why not. */
    public static synchronized void load() {
        if (loadedFrom != null) return;
        List<String> tried = new ArrayList<>();
        if (!loadFromPath(tried) && !loadFromJar(tried))
            throw new FringeLibraryException("the library of Fringe " + version() + " cannot be loaded. Tried:\n  "
                    + String.join("\n  ", tried));
        String loaded = versionOf();
        if (!loaded.equals(version()))
            throw new FringeLibraryException(loadedFrom + " is Fringe " + loaded + ", this jar is " + version());
    }

    /** The version of this jar. */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = Library.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new FringeLibraryException("version.properties cannot be read: " + e.getMessage());
        }
        return properties.getProperty("version");
    }

    /** The file that the library was loaded from. */
    public static synchronized String path() {
        load();
        return loadedFrom;
    }

    /** The instruction path of the kernels on this machine: "portable", "avx2" or "avx512". */
    public static String cpuPath() {
        load();
        return cpuPathOf();
    }

    /** The OpenBLAS in use. */
    public static String blas() {
        load();
        return blasOf();
    }

    /** The folder of the models in the jar, unpacked; null where the jar has none. */
    public static Path models() throws IOException {
        Path tree = Cache.unpacked(platform());
        Path models = tree == null ? null : tree.resolve("share").resolve("fringe").resolve("models");
        return models != null && Files.isDirectory(models) ? models : null;
    }

    /** "linux_64", "osx_arm64": the name of this machine's folder in the jar. */
    static String platform() {
        String system = System.getProperty("os.name").toLowerCase(java.util.Locale.ROOT);
        String processor = System.getProperty("os.arch");
        String first = system.startsWith("windows") ? "windows" : system.startsWith("mac") ? "osx" : "linux";
        return first + (processor.equals("aarch64") || processor.equals("arm64") ? "_arm64" : "_64");
    }

    private static boolean loadFromPath(List<String> tried) {
        for (String folder : System.getProperty("java.library.path", "").split(File.pathSeparator)) {
            if (folder.isEmpty()) continue;
            Path file = new File(folder, NAME).getAbsoluteFile().toPath();
            if (!Files.isRegularFile(file)) tried.add(file + ": there is no such file");
            else if (loadFile(file, tried)) return true;
        }
        return false;
    }

    private static boolean loadFromJar(List<String> tried) {
        try {
            Path tree = Cache.unpacked(platform());
            if (tree != null) return loadFile(tree.resolve("lib").resolve(NAME), tried);
            tried.add("natives/" + platform() + " in the jar: there is none for this system");
        } catch (IOException e) {
            tried.add(Cache.folder() + ": " + e);
        }
        return false;
    }

    private static boolean loadFile(Path file, List<String> tried) {
        try {
            loadOrCopy(file);
            return true;
        } catch (FringeLibraryException e) { // the library itself says that it does not fit
            tried.add(file + ": " + e.getMessage());
        } catch (UnsatisfiedLinkError | IOException e) {
            tried.add(file + ": " + e.getMessage());
        }
        return false;
    }

    /** A file that another class loader has loaded is refused by the JVM, so that this one gets its own copy. */
    private static void loadOrCopy(Path file) throws IOException {
        try {
            System.load(file.toString());
            loadedFrom = file.toString();
        } catch (UnsatisfiedLinkError e) {
            if (e.getMessage() == null || !e.getMessage().contains("another classloader")) throw e;
            Path copy = Files.createTempFile("fringe-jni-", NAME.substring(NAME.lastIndexOf('.')));
            copy.toFile().deleteOnExit();
            Files.copy(file, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            System.load(copy.toString()); // what it needs is loaded already and found by name
            loadedFrom = copy.toString();
        }
    }

    /** A resource of the jar; null where there is none. */
    static byte[] resource(String name) throws IOException {
        try (InputStream in = Library.class.getResourceAsStream("/" + name)) {
            if (in == null) return null;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] block = new byte[1 << 16];
            for (int got = in.read(block); got >= 0; got = in.read(block)) out.write(block, 0, got);
            return out.toByteArray();
        }
    }

    /** The lines of an index resource; what stands in them says {@link Cache}. */
    static String[] lines(byte[] index) {
        return new String(index, StandardCharsets.UTF_8).trim().split("\n");
    }

    /** A text as natives take it; null of null. */
    static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static native String versionOf();

    private static native String cpuPathOf();

    private static native String blasOf();
}
