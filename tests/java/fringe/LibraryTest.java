package fringe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.io.DataInputStream;
import java.io.File;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** The library comes out of the built jar, and fits it. */
public class LibraryTest {
    private static final File JAR = new File(System.getProperty("fringe.jar"));

    @Test
    public void versionsAgree() {
        Library.load();
        assertEquals(System.getProperty("fringe.version"), Library.version());
        assertTrue(Library.cpuPath(), Library.cpuPath().matches("portable|avx2|avx512"));
        assertTrue(Library.blas(), Library.blas().startsWith("OpenBLAS"));
    }

    @Test
    public void unpacksOnceIntoTheCache() throws Exception {
        Path file = Paths.get(Library.path());
        String folder = file.getParent().getParent().getFileName().toString();
        assertTrue(file.toString(), folder.matches(Library.version() + "-[0-9a-f]{16}"));
        assertTrue(Files.isDirectory(Library.models().resolve("hrtem-particles")));
        try (java.util.stream.Stream<Path> beside = Files.list(Cache.folder())) {
            assertEquals("nothing is left of the unpacking", 1, beside.count());
        }
    }

    /** A machine without the development packages has none of these libraries: none may come from the system. */
    @Test
    public void bringsItsOwnLibraries() throws Exception {
        Library.blas(); // loads the last of them
        List<String> maps = Files.readAllLines(Paths.get("/proc/self/maps"), StandardCharsets.UTF_8);
        String own = Paths.get(Library.path()).getParent().toString();
        for (String name : new String[] {"libfringe.so", "libtiff.so", "libyaml-0.so", "libzip.so", "libopenblas.so",
            "libprotobuf-c.so", "libLerc.so", "libwebp.so", "libjbig.so", "libgfortran.so", "libcrypto.so"}) {
            boolean seen = false;
            for (String line : maps) {
                if (!line.contains("/" + name + ".")) continue;
                seen = true;
                assertTrue(line, line.contains(own));
            }
            assertTrue(name + " is loaded", seen);
        }
    }

    @Test
    public void nativesArePrivateAndStatic() throws Exception {
        int count = 0;
        for (Class<?> type : new Class<?>[] {Library.class, Run.class, Micrograph.class, Model.class, Segmentation.class})
            for (Method method : type.getDeclaredMethods()) {
                if (!Modifier.isNative(method.getModifiers())) continue;
                count++;
                assertTrue(method.toString(), Modifier.isPrivate(method.getModifiers()) && Modifier.isStatic(method.getModifiers()));
            }
        assertTrue(count > 20);
    }

    @Test
    public void secondClassLoaderGetsItsOwnCopy() throws Exception {
        Library.load();
        URL[] jar = {JAR.toURI().toURL()};
        try (URLClassLoader other = new URLClassLoader(jar, ClassLoader.getSystemClassLoader().getParent())) {
            Class<?> library = other.loadClass("fringe.Library");
            assertFalse(library == Library.class);
            String path = (String) library.getMethod("path").invoke(null);
            assertNotEquals(Library.path(), path);
            Class<?> model = other.loadClass("fringe.Model");
            Class<?> run = other.loadClass("fringe.Run");
            AutoCloseable loaded = (AutoCloseable) model.getMethod("load", String.class, run).invoke(null, TestImages.MODEL, null);
            assertNotNull(loaded);
            loaded.close();
        }
    }

    @Test
    public void numbersAreReadWhateverTheLocale() {
        try (Model model = Model.load(TestImages.MODEL, null)) {
            assertEquals(0.05, model.info().pixelSize(), 1e-12);
        }
        assertEquals(Locale.getDefault().toString(), System.getProperty("user.language", "en"),
                Locale.getDefault().getLanguage());
    }

    /** Java 8 runs it, and on a class path beside others' jars, as Fiji's, nothing of it stands in their way. */
    @Test
    public void jarIsForJavaEightAndKeepsToItself() throws Exception {
        int classes = 0;
        try (JarFile jar = new JarFile(JAR)) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                assertTrue(name, name.matches("(fringe|models|natives|META-INF)/.*|plugins\\.config"));
                if (!name.endsWith(".class")) continue;
                classes++;
                try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
                    assertEquals(name, 0xCAFEBABE, in.readInt());
                    in.readUnsignedShort();
                    assertEquals(name, 52, in.readUnsignedShort());
                }
            }
        }
        assertTrue(classes + " classes", classes > 30);
    }

    /** The library names an exception for each class of errors; each is there, and there is none beside them. */
    @Test
    public void everyErrorHasItsException() throws Exception {
        String statuses = new String(Files.readAllBytes(TestImages.ROOT.resolve("include/fringe/status.h")), StandardCharsets.UTF_8);
        Set<String> named = new TreeSet<>();
        Matcher name = Pattern.compile("\"(Fringe\\w+Exception)\"").matcher(statuses);
        while (name.find()) named.add(name.group(1));
        for (String one : named) {
            Class<?> type = Class.forName("fringe." + one);
            assertEquals(FringeException.class, type.getSuperclass());
            assertEquals("says why", "why", ((Exception) type.getDeclaredConstructor(String.class).newInstance("why")).getMessage());
        }
        Set<String> there = new TreeSet<>();
        try (JarFile jar = new JarFile(JAR)) {
            for (JarEntry entry : Collections.list(jar.entries()))
                if (entry.getName().matches("fringe/Fringe\\w+Exception\\.class")) there.add(entry.getName().replaceAll("fringe/|\\.class", ""));
        }
        there.remove("FringeException");
        assertEquals(named, there);
    }
}
