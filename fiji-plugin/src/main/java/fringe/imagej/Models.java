package fringe.imagej;

import fringe.FringeFileException;
import fringe.Library;
import fringe.Model;
import fringe.Run;
import ij.IJ;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where models lie: the folders of FRINGE_MODELS, the user's, the application's `models`, the jar's, in this order. The
 * last model stays loaded, since loading takes longer than a small image.
 */
final class Models {
    /** What analyze takes on the command line. */
    private static final String USUAL = "hrtem-particles";

    private static final Map<String, Boolean> FORESTS = new HashMap<>(); // by keyOf
    private static Loaded last;

    private Models() {
    }

    /** A model in the hands of a command, which gives it back by closing this. */
    static final class Loaded implements AutoCloseable {
        final Model model;
        private final String key;
        private int users;

        private Loaded(Model model, String key) {
            this.model = model;
            this.key = key;
        }

        @Override
        public void close() {
            synchronized (Models.class) {
                users--;
                freeUnused(this);
            }
        }
    }

    private static void freeUnused(Loaded one) {
        if (one != null && one != last && one.users == 0) one.model.close();
    }

    /** Path by name of each model; the first folder that has a name decides. */
    static Map<String, String> list() {
        Map<String, String> models = new TreeMap<>();
        for (File folder : folders()) {
            File[] files = folder.listFiles();
            if (files == null) continue;
            for (File file : files)
                if (isModel(file)) models.putIfAbsent(nameOf(file), file.getPath());
        }
        return models;
    }

    /** Names of the models that are forests. */
    static List<String> forests() {
        List<String> forests = new ArrayList<>();
        for (Map.Entry<String, String> model : list().entrySet()) if (isForest(model.getValue())) forests.add(model.getKey());
        return forests;
    }

    /** The library reads the network to tell; a list of models in a dialog asks again and again. */
    static synchronized boolean isForest(String path) {
        return FORESTS.computeIfAbsent(keyOf(path), key -> Model.isForest(path));
    }

    /** Names of the networks, the usual one first where it is there. */
    static List<String> networks() {
        List<String> networks = new ArrayList<>(list().keySet());
        networks.removeAll(forests());
        if (networks.remove(USUAL)) networks.add(0, USUAL);
        return networks;
    }

    /** The path of a model given by path or by name. */
    static String find(String pathOrName) {
        if (pathOrName.isEmpty()) throw new FringeFileException("no model is named: model=hrtem-particles, or a path");
        if (new File(pathOrName).exists()) return pathOrName;
        String path = list().get(pathOrName);
        if (path != null) return path;
        throw new FringeFileException(pathOrName + ": no model of this name; looked in " + folders());
    }

    /** The model, loaded. Others may use it at the same time, or another one. */
    static synchronized Loaded use(String pathOrName, Run run) {
        String path = find(pathOrName);
        String key = keyOf(path);
        if (last == null || !key.equals(last.key)) keep(new Loaded(Model.load(path, run), key));
        last.users++;
        return last;
    }

    /** Frees the model that was used last, or leaves that to the command that still uses it. */
    static synchronized void release() {
        keep(null);
    }

    private static void keep(Loaded next) {
        Loaded before = last;
        last = next;
        freeUnused(before);
    }

    private static List<File> folders() {
        List<File> folders = new ArrayList<>();
        String listed = System.getenv("FRINGE_MODELS");
        if (listed != null)
            for (String folder : listed.split(File.pathSeparator)) if (!folder.isEmpty()) folders.add(new File(folder));
        folders.add(new File(Model.userFolder()));
        String application = IJ.getDirectory("imagej");
        if (application != null) folders.add(new File(application, "models"));
        try {
            Path own = Library.models();
            if (own != null) folders.add(own.toFile());
        } catch (IOException e) {
            IJ.log("Fringe: the models of the jar cannot be unpacked: " + e);
        }
        return folders;
    }

    private static boolean isModel(File file) {
        String name = file.getName();
        if (name.startsWith(".")) return false;
        if (file.isDirectory()) return new File(file, "rdf.yaml").isFile() || new File(file, "bioimageio.yaml").isFile();
        return name.endsWith(".onnx") || name.endsWith(".zip");
    }

    private static String nameOf(File file) {
        return file.isDirectory() ? file.getName() : file.getName().replaceFirst("\\.(onnx|zip)$", "");
    }

    /** Another one for a model that was changed on the disk, which is read again. */
    private static String keyOf(String path) {
        File file = new File(path);
        long newest = file.lastModified();
        File[] files = file.listFiles();
        if (files != null) for (File below : files) newest = Math.max(newest, below.lastModified());
        return path + '\n' + newest;
    }
}
