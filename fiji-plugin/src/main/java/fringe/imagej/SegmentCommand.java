package fringe.imagej;

import fringe.FringeArgumentException;
import fringe.FringeFileException;
import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.io.FileSaver;
import ij.plugin.PlugIn;
import java.io.File;

/** Plugins>Fringe>Fringe Segment...: a mask of the current image's particles. */
public class SegmentCommand implements PlugIn {
    private static final String TITLE = "Fringe Segment";

    @Override
    public void run(String argument) {
        String options = Macro.getOptions(); // before any dialog is built
        ImagePlus image = IJ.getImage();
        Commands.run(TITLE, image, () -> {
            if (options == null) {
                SegmentDialog.run(image);
                return;
            }
            segment(image, options);
        });
    }

    /** Segments and shows what a macro's options ask for. */
    static void segment(ImagePlus image, String options) {
        Settings settings = Settings.parse(options);
        show(image, settings, Segmenter.segment(image, settings));
    }

    /** For macros without windows: the current image; the results are shown. Returns the titles of the images. */
    public static String call(String options) {
        ImagePlus image = IJ.getImage();
        Settings settings = Settings.parse(options);
        Segmenter.Result result = Segmenter.segment(image, settings);
        show(image, settings, result);
        return (result.labels == null ? "" : result.labels.getTitle() + "\n")
                + (result.probability == null ? "" : result.probability.getTitle() + "\n");
    }

    /**
     * For macros without windows: the file `input`, all its slices; the results are saved as TIFF in the folder
     * `output`, the overlay with the mask. Returns the paths, a line each.
     */
    public static String call(String input, String output, String options) {
        ImagePlus image = IJ.openImage(input);
        if (image == null) throw new FringeFileException(input + ": ImageJ cannot open it");
        Settings settings = Settings.parse(options);
        settings.stack = true;
        if (settings.roiManager)
            throw new FringeArgumentException("roi_manager: files have none; 'overlay' keeps the outlines in the mask");
        Segmenter.Result result = Segmenter.segment(image, settings);
        if (result.rois != null && result.labels != null) result.labels.setOverlay(result.rois);
        return save(result.labels, output) + save(result.probability, output);
    }

    private static String save(ImagePlus image, String folder) {
        if (image == null) return "";
        String path = new File(folder, image.getTitle() + ".tif").getPath();
        FileSaver saver = new FileSaver(image);
        if (!(image.getStackSize() > 1 ? saver.saveAsTiffStack(path) : saver.saveAsTiff(path)))
            throw new FringeFileException(path + ": cannot be written");
        return path + "\n";
    }

    /** Shows what was asked for. The mask comes last, so that it is the current image of a macro's next line. */
    static void show(ImagePlus image, Settings settings, Segmenter.Result result) {
        if (settings.roiManager) Outlines.addToManager(result.rois);
        if (settings.overlay) Outlines.show(image, result.rois);
        if (result.probability != null) result.probability.show();
        if (result.labels != null) result.labels.show();
    }
}
