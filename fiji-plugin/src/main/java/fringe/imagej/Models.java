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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where models lie: the folders of FRINGE_MODELS, the user's, the application's `models`, the jar's, in this order. The
 * last model stays loaded, since loading takes longer than a small image.
 */
final class Models {
    private static Model loaded;
    private static String loadedKey = "";

    private Models() {
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

    /** The path of a model given by path or by name. */
    static String find(String pathOrName) {
        if (pathOrName.isEmpty()) throw new FringeFileException("no model is named: model=hrtem-particles, or a path");
        if (new File(pathOrName).exists()) return pathOrName;
        String path = list().get(pathOrName);
        if (path != null) return path;
        throw new FringeFileException(pathOrName + ": no model of this name; looked in " + folders());
    }

    /** The model, loaded; it belongs to this class and is closed when another takes its place. */
    static synchronized Model load(String pathOrName, Run run) {
        String path = find(pathOrName);
        String key = path + '\n' + newest(new File(path));
        if (loaded == null || !key.equals(loadedKey)) {
            Model model = Model.load(path, run);
            close();
            loaded = model;
            loadedKey = key;
        }
        return loaded;
    }

    /** Frees the model, unless a call uses it. */
    static synchronized void close() {
        if (loaded != null) loaded.close();
        loaded = null;
        loadedKey = "";
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

    /** A model that was changed on the disk is loaded again. */
    private static long newest(File file) {
        long newest = file.lastModified();
        File[] files = file.listFiles();
        if (files != null) for (File below : files) newest = Math.max(newest, below.lastModified());
        return newest;
    }
}
