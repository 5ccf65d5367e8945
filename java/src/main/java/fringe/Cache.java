package fringe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the jar carries, unpacked once per content: a folder named by version and hash that looks like an installed
 * Fringe, lib/ and share/fringe/models/, so that the library finds its own. It is filled under another name and then
 * renamed, hence whole or absent, whoever starts at the same time. What is there is read and compared with its hashes
 * before its first use, and unpacked anew where it differs; folders that no start has used for a month are removed.
 *
 * The jar has `natives/PLATFORM/index` and `models/index`, whose lines are "SHA256 BYTES NAME".
 */
final class Cache {
    private static final Duration KEPT = Duration.ofDays(30);
    private static final Pattern OURS = Pattern.compile("\\.(unpacking|broken)-.+|[0-9].*-[0-9a-f]{16}");
    private static Path compared; // the folder whose files were read and agreed

    private Cache() {
    }

    /** The folder for this jar's content; null where it has no natives for the platform. */
    static synchronized Path unpacked(String platform) throws IOException {
        byte[] natives = Library.resource("natives/" + platform + "/index");
        byte[] models = Library.resource("models/index");
        if (natives == null) return null;
        Map<String, String> files = new LinkedHashMap<>(); // place in the folder -> "SHA256 BYTES RESOURCE"
        list(natives, "natives/" + platform + "/", "lib/", files);
        if (models != null) list(models, "models/", "share/fringe/models/", files);
        String name = Library.version() + "-" + hex(sha256().digest(files.toString().getBytes(StandardCharsets.UTF_8))).substring(0, 16);
        Path tree = folder().resolve(name);
        if (!isWhole(tree, files, !tree.equals(compared))) fill(tree, files);
        if (compared == null) removeUnused(tree);
        compared = tree;
        return tree;
    }

    private static void fill(Path tree, Map<String, String> files) throws IOException {
        Path fresh = Files.createDirectories(folder()).resolve(".unpacking-" + UUID.randomUUID());
        try {
            for (Map.Entry<String, String> file : files.entrySet()) unpack(file.getValue(), fresh.resolve(file.getKey()));
            putInPlace(fresh, tree, files);
        } finally {
            delete(fresh);
        }
    }

    /** ~/.cache/fringe, or what the system has instead. */
    static Path folder() {
        String system = System.getProperty("os.name");
        String home = System.getProperty("user.home");
        String chosen = System.getenv(system.startsWith("Windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME");
        if (chosen != null && !chosen.isEmpty()) return Paths.get(chosen, "fringe");
        return system.startsWith("Mac") ? Paths.get(home, "Library", "Caches", "fringe")
                : Paths.get(home, ".cache", "fringe");
    }

    private static void list(byte[] index, String from, String to, Map<String, String> files) {
        for (String line : Library.lines(index)) {
            String[] part = line.split(" ", 3);
            files.put(to + part[2], part[0] + " " + part[1] + " " + from + part[2]);
        }
    }

    /** Whether all files are there with their sizes and, where they are to be read, their hashes. */
    private static boolean isWhole(Path tree, Map<String, String> files, boolean read) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = tree.resolve(file.getKey());
            String[] part = file.getValue().split(" ", 3);
            if (!Files.isRegularFile(path) || Files.size(path) != Long.parseLong(part[1])) return false;
            if (read && !digest(path).equals(part[0])) return false;
        }
        return true;
    }

    /** Marks a folder as used now, and removes what other versions and interrupted starts left here long ago. */
    private static void removeUnused(Path used) {
        Instant now = Instant.now();
        try (Stream<Path> trees = Files.list(used.getParent())) {
            Files.setLastModifiedTime(used, FileTime.from(now));
            for (Path tree : (Iterable<Path>) trees::iterator) {
                if (!OURS.matcher(tree.getFileName().toString()).matches()) continue;
                if (Files.getLastModifiedTime(tree).toInstant().isBefore(now.minus(KEPT))) delete(tree);
            }
        } catch (IOException e) {
            return; // a folder that may not be written to serves as it is; the next start tries again
        }
    }

    private static void unpack(String file, Path to) throws IOException {
        String[] part = file.split(" ", 3);
        Files.createDirectories(to.getParent());
        try (InputStream in = Library.class.getResourceAsStream("/" + part[2])) {
            if (in != null) Files.copy(in, to);
            if (in == null || !digest(to).equals(part[0])) throw new IOException(part[2] + " in the jar is damaged");
        }
    }

    /** Another start of Fringe may have been first: then its folder serves. A damaged one is moved out of the way. */
    private static void putInPlace(Path fresh, Path tree, Map<String, String> files) throws IOException {
        try {
            Files.move(fresh, tree, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (isWhole(tree, files, true)) return;
            Path broken = tree.resolveSibling(".broken-" + UUID.randomUUID());
            Files.move(tree, broken, StandardCopyOption.ATOMIC_MOVE);
            Files.move(fresh, tree, StandardCopyOption.ATOMIC_MOVE);
            delete(broken);
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) return;
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator)
                Files.delete(path);
        }
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[1 << 16];
            for (int got = in.read(block); got >= 0; got = in.read(block)) digest.update(block, 0, got);
        }
        return hex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has SHA-256
        }
    }

    private static String hex(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) text.append(String.format("%02x", b & 255));
        return text.toString();
    }
}
