package fringe.imagej;

import fringe.FaultRating;
import fringe.FringeArgumentException;
import fringe.Particles;
import fringe.Segmentation;
import ij.ImagePlus;
import ij.gui.Line;
import ij.gui.Overlay;
import ij.gui.PolygonRoi;
import ij.gui.Roi;
import ij.measure.ResultsTable;
import ij.plugin.filter.ParticleAnalyzer;
import ij.plugin.frame.RoiManager;
import ij.process.ByteProcessor;
import ij.process.ImageProcessor;
import java.awt.Color;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.util.Locale;

/** The outlines of a plane's particles as ROIs, found by ImageJ's own particle analyser. */
final class Outlines {
    private static final String MARK = "fringe";
    private static final Color[] COLOURS = {Color.yellow, Color.cyan, Color.magenta, Color.green, Color.orange};

    /** Of the classes of FaultModel, as in the command line's overlay: faults stand out. */
    private static final Color[] FAULT_COLOURS = {new Color(86, 180, 233), new Color(230, 159, 0), new Color(240, 228, 66),
        new Color(204, 121, 167), new Color(190, 190, 190)};

    private Outlines() {
    }

    /** Appends the outlines of a mask, or of each class above 0, at the input's own place. */
    static void add(Overlay rois, ImagePlus image, ByteProcessor plane, Segmentation.Kind kind, int index,
            Rectangle bounds, int z, int t) {
        if (kind == Segmentation.Kind.CLASSES) {
            int highest = (int) plane.getStats().max;
            for (int number = 1; number <= highest; number++)
                addGroup(rois, image, only(plane, number), number, true, bounds, z, t);
        } else {
            addGroup(rois, image, plane, index + 1, kind == Segmentation.Kind.MASKS, bounds, z, t);
        }
    }

    private static ByteProcessor only(ByteProcessor classes, int number) {
        byte[] from = (byte[]) classes.getPixels(), to = new byte[from.length];
        for (int i = 0; i < from.length; i++) to[i] = (byte) ((from[i] & 255) == number ? 255 : 0);
        return new ByteProcessor(classes.getWidth(), classes.getHeight(), to);
    }

    private static void addGroup(Overlay rois, ImagePlus image, ByteProcessor mask, int group, boolean grouped,
            Rectangle bounds, int z, int t) {
        ImagePlus plane = new ImagePlus("", mask);
        mask.setThreshold(255, 255, ImageProcessor.NO_LUT_UPDATE);
        ParticleAnalyzer analyzer = new ParticleAnalyzer(ParticleAnalyzer.SHOW_OVERLAY_OUTLINES, 0, new ResultsTable(), 0,
                Double.POSITIVE_INFINITY);
        analyzer.setHideOutputImage(true);
        analyzer.analyze(plane, mask);
        mask.resetThreshold();
        if (plane.getOverlay() == null) return;
        int number = 0;
        for (Roi found : plane.getOverlay().toArray()) {
            Roi roi = (Roi) found.clone();
            Rectangle at = roi.getBounds();
            roi.setLocation(at.x + bounds.x, at.y + bounds.y);
            roi.setName("particle-" + z + "-" + t + "-" + group + "-" + ++number);
            roi.setProperty(MARK, "1");
            if (grouped) roi.setGroup(group);
            roi.setStrokeColor(COLOURS[(group - 1) % COLOURS.length]);
            place(roi, image, z, t);
            rois.add(roi);
        }
    }

    /** A line at a fault's plane, in the colour of its particle's class. */
    static Roi of(FaultRating.Line plane, FaultRating rating, ImagePlus image, Rectangle bounds, int z, int t) {
        Roi roi = new Line(plane.x0 + bounds.x, plane.y0 + bounds.y, plane.x1 + bounds.x, plane.y1 + bounds.y);
        roi.setName(nameOf(plane));
        roi.setProperty(MARK, "1");
        roi.setStrokeColor(colourOf(rating));
        place(roi, image, z, t);
        return roi;
    }

    /** What a plane is called. */
    static String nameOf(FaultRating.Line plane) {
        return plane.twin ? "twin plane" : "fault plane";
    }

    /** The colour of a particle's class. */
    static Color colourOf(FaultRating rating) {
        return FAULT_COLOURS[rating.fault()];
    }

    /** Colours an outline by a class, which is its group too. */
    static void rate(Roi roi, FaultRating rating) {
        roi.setGroup(rating.fault() + 1);
        roi.setStrokeColor(colourOf(rating));
    }

    /** The outline of one particle, named and formed as in the command line's ROI zip. */
    static Roi of(Particles particles, int index, ImagePlus image, Rectangle bounds, int z, int t) {
        int[] corners = particles.outline(index);
        int[] x = new int[corners.length / 2], y = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = corners[2 * i] + bounds.x;
            y[i] = corners[2 * i + 1] + bounds.y;
        }
        Roi roi = new PolygonRoi(x, y, x.length, Roi.TRACED_ROI);
        String number = String.format(Locale.ROOT, "%04d", index + 1);
        boolean stack = image.getNSlices() * image.getNFrames() > 1;
        roi.setName(stack ? String.format(Locale.ROOT, "%04d-", (t - 1) * image.getNSlices() + z) + number : number);
        roi.setProperty(MARK, "1");
        roi.setStrokeColor(COLOURS[0]);
        place(roi, image, z, t);
        return roi;
    }

    private static void place(Roi roi, ImagePlus image, int z, int t) {
        if (image.isHyperStack()) roi.setPosition(0, z, t);
        else if (image.getStackSize() > 1) roi.setPosition(image.getStackIndex(1, z, t));
    }

    /** Puts ROIs onto an image's overlay in place of those that an earlier run put there; others stay. */
    static void show(ImagePlus image, Overlay rois) {
        Overlay shown = image.getOverlay() == null ? new Overlay() : image.getOverlay().duplicate();
        for (int i = shown.size() - 1; i >= 0; i--)
            if (shown.get(i).getProperty(MARK) != null) shown.remove(i);
        for (Roi roi : rois.toArray()) shown.add(roi);
        image.setOverlay(shown);
    }

    /** Shows particles where that is asked for: outlines and planes on the image, rows in ImageJ's table. */
    static void show(ImagePlus image, ParticleFinder found, boolean overlay, boolean roiManager) {
        if (roiManager) addToManager(found.rois);
        if (overlay) {
            Overlay all = found.rois.duplicate();
            for (Roi plane : found.planes.toArray()) all.add(plane);
            show(image, all);
            if (found.particles != null) found.particles.keepWith(image);
            ParticleClicks.listenTo(image);
        }
        ResultsTable table = ResultsTable.getResultsTable();
        found.table.appendTo(table);
        table.show("Results");
    }

    /** Adds ROIs to the ROI Manager, behind what is there already. */
    static void addToManager(Overlay rois) {
        if (GraphicsEnvironment.isHeadless())
            throw new FringeArgumentException("roi_manager: there is none without windows; 'overlay' needs none");
        RoiManager manager = RoiManager.getRoiManager();
        for (Roi roi : rois.toArray()) manager.addRoi((Roi) roi.clone());
    }
}
