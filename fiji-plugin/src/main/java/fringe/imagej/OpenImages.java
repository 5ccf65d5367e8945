package fringe.imagej;

import fringe.FringeArgumentException;
import ij.ImagePlus;
import ij.WindowManager;
import java.util.ArrayList;
import java.util.List;

/** The images that are open, for commands that need a second one beside the current one. */
final class OpenImages {
    static final String NONE = "none";

    private OpenImages() {
    }

    /** Titles of the open images of an image's size, itself left out; "none" before them. */
    static String[] besides(ImagePlus image) {
        List<String> titles = new ArrayList<>();
        titles.add(NONE);
        int[] open = WindowManager.getIDList();
        for (int id : open == null ? new int[0] : open) {
            ImagePlus other = WindowManager.getImage(id);
            boolean fits = other != null && other != image && other.getWidth() == image.getWidth()
                    && other.getHeight() == image.getHeight();
            if (fits && !titles.contains(other.getTitle())) titles.add(other.getTitle());
        }
        return titles.toArray(new String[0]);
    }

    /** The micrograph among titles to which labels belong by their name, as the command line pairs files; else none. */
    static String micrographOf(ImagePlus labels, String[] titles) {
        String stem = Outputs.stem(labels.getTitle()).replaceFirst("[-_](mask|labels?|classes|probability)$", "");
        for (String title : titles) if (!title.equals(NONE) && Outputs.stem(title).equals(stem)) return title;
        return NONE;
    }

    /** The image of a title, null for "". The caller unlocks it. */
    static ImagePlus lock(String title, String key) {
        if (title.isEmpty()) return null;
        ImagePlus image = WindowManager.getImage(title);
        if (image == null) throw new FringeArgumentException(key + ": no image '" + title + "' is open");
        if (!image.lockSilently()) throw new FringeArgumentException(title + ": another command works on it");
        return image;
    }
}
