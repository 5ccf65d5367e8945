package fringe.imagej;

import fringe.FaultRating;
import fringe.Spectrum;
import ij.IJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.ImageWindow;
import ij.gui.Line;
import ij.gui.OvalRoi;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.gui.TextRoi;
import ij.measure.Calibration;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Rectangle;
import java.util.Locale;

/**
 * The one window of spectra: the logarithm of the power around frequency 0, a circle and indices at each reflection, and
 * fault planes as they lie in the micrograph. Its calibration is in 1/nm, or 1/pixel.
 */
final class SpectrumWindow {
    private static final String TITLE = "Fringe Spectrum";
    private static final int SIDE_PX = 560;
    private static final double MARGIN = 1.4;
    private static final int RADIUS_PX = 10;
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    private static final Color INDEXED = new Color(86, 180, 233);
    private static final Color OTHER = new Color(190, 190, 190);

    private static ImagePlus window;
    /** The micrograph by its number, so that it is not held when it was closed. */
    private static int source;

    private final Spectrum spectrum;
    /** Pixels of the spectrum on each side of the middle, and of the picture for each of them. */
    private final int reach;
    private final int zoom;
    private final Overlay overlay = new Overlay();

    private SpectrumWindow(Spectrum spectrum) {
        this.spectrum = spectrum;
        double farthest = 0, middle = middle();
        for (Spectrum.Spot spot : spectrum.spots())
            farthest = Math.max(farthest, Math.max(Math.abs(spot.x() - middle), Math.abs(spot.y() - middle)));
        int half = spectrum.size() / 2;
        reach = farthest == 0 ? half - 1 : Math.min(half - 1, (int) Math.ceil(MARGIN * farthest) + 4);
        zoom = Math.max(1, SIDE_PX / (2 * reach + 1));
    }

    /** Opens the window beside an image, or puts the spectrum in place of that which it shows. */
    static synchronized void show(SpectrumCommand.Result result, ImagePlus image) {
        ImagePlus made = of(result);
        source = image.getID();
        if (window != null && window.isVisible()) {
            window.setImage(made);
            window.setDisplayRange(made.getDisplayRangeMin(), made.getDisplayRangeMax());
            window.updateAndDraw();
            window.changes = false;
            return;
        }
        window = made;
        made.show();
        ImageWindow beside = image.getWindow(), own = made.getWindow();
        if (beside == null || own == null) return;
        int left = beside.getX() + beside.getWidth();
        if (left + own.getWidth() <= IJ.getScreenSize().width) own.setLocation(left, beside.getY());
    }

    /** The micrograph that is meant: where the window of spectra is in front, the one that its particle is of. */
    static synchronized ImagePlus micrographOf(ImagePlus image) {
        ImagePlus micrograph = image == window ? WindowManager.getImage(source) : null;
        return micrograph == null ? image : micrograph;
    }

    /** The picture, with its overlay. */
    private static ImagePlus of(SpectrumCommand.Result result) {
        SpectrumWindow drawn = new SpectrumWindow(result.spectrum);
        ImagePlus made = new ImagePlus(TITLE, drawn.picture());
        drawn.addPlanes();
        for (Spectrum.Spot spot : result.spectrum.spots()) drawn.addSpot(spot);
        drawn.addText(caption(result), 6, 4, Color.white);
        made.setOverlay(drawn.overlay);
        made.setCalibration(drawn.calibration());
        made.setDisplayRange(0, drawn.brightest());
        made.setProperty("Info", result.text());
        made.changes = false;
        return made;
    }

    private double middle() {
        return spectrum.size() / 2 + 0.5;
    }

    private ImageProcessor picture() {
        int size = spectrum.size(), side = 2 * reach + 1, corner = size / 2 - reach;
        FloatProcessor plane = new FloatProcessor(size, size, spectrum.power());
        plane.setRoi(new Rectangle(corner, corner, side, side));
        ImageProcessor picture = plane.crop();
        picture.add(1e-3); // of the noise's mean: no logarithm of zero
        picture.log();
        picture.multiply(1 / Math.log(10));
        picture.setInterpolationMethod(ImageProcessor.NONE);
        return picture.resize(side * zoom, side * zoom);
    }

    /** The strongest reflection: frequencies near 0, which are background, may be brighter. */
    private double brightest() {
        float[] power = spectrum.power();
        double most = 10;
        for (Spectrum.Spot spot : spectrum.spots())
            most = Math.max(most, power[(int) spot.y() * spectrum.size() + (int) spot.x()]);
        return Math.log10(most);
    }

    private Calibration calibration() {
        Calibration calibration = new Calibration();
        calibration.setUnit("1/" + spectrum.unit());
        calibration.pixelWidth = spectrum.stepX() / zoom;
        calibration.pixelHeight = spectrum.stepY() / zoom;
        calibration.xOrigin = calibration.yOrigin = (reach + 0.5) * zoom;
        return calibration;
    }

    private void addSpot(Spectrum.Spot spot) {
        String[] texts = {spot.index(), spot.oppositeIndex()};
        Color colour = texts[0].isEmpty() ? OTHER : INDEXED;
        for (int i = 0; i < 2; i++) {
            int sign = i == 0 ? 1 : -1;
            double x = (reach + 0.5 + sign * (spot.x() - middle())) * zoom, y = (reach + 0.5 + sign * (spot.y() - middle())) * zoom;
            Roi circle = new OvalRoi(x - RADIUS_PX, y - RADIUS_PX, 2 * RADIUS_PX, 2 * RADIUS_PX);
            circle.setName(texts[i].isEmpty() ? "spot" : texts[i]);
            circle.setStrokeColor(colour);
            overlay.add(circle);
            if (!texts[i].isEmpty()) addText(texts[i], x + RADIUS_PX, y - RADIUS_PX - FONT.getSize(), colour);
        }
    }

    private void addPlanes() {
        FaultRating rating = spectrum.rating();
        Spectrum.Plane[] planes = spectrum.planes();
        for (int i = 0; i < planes.length; i++) {
            double angle = Math.toRadians(planes[i].direction()), middle = (reach + 0.5) * zoom, length = 0.94 * middle;
            double dx = length * Math.cos(angle), dy = -length * Math.sin(angle);
            Roi line = new Line(middle - dx, middle - dy, middle + dx, middle + dy);
            line.setStroke(new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {8, 6}, 0));
            line.setStrokeColor(Outlines.colourOf(rating));
            line.setName(Outlines.nameOf(rating.lines()[i]));
            overlay.add(line);
            Spectrum.Spot layers = spectrum.layers(planes[i]);
            String index = layers == null || layers.index().isEmpty() ? "" : " (" + layers.index() + ")";
            double side = dy > 0 ? 1 : -1; // the upper end, below the caption
            addText(line.getName() + index, Math.min(middle - side * 0.8 * dx, 2 * middle - 130), middle - side * 0.8 * dy,
                    Outlines.colourOf(rating));
        }
    }

    private void addText(String words, double x, double y, Color colour) {
        TextRoi text = new TextRoi(x, y, words, FONT);
        text.setStrokeColor(colour);
        text.setName("text");
        overlay.add(text);
    }

    private static String caption(SpectrumCommand.Result result) {
        FaultRating rating = result.spectrum.rating();
        StringBuilder caption = new StringBuilder("particle " + result.number);
        if (rating.probability() > 0)
            caption.append(String.format(Locale.ROOT, ": %s, %.0f %%", rating.className(), 100 * rating.probability()));
        if (!rating.phase().isEmpty()) caption.append('\n').append(rating.phase()).append(' ').append(rating.zone());
        else if (rating.spotCount() == 0) caption.append("\nno reflection stands out");
        return caption.toString();
    }
}
