package fringe.imagej;

import fringe.FaultRating;
import fringe.FringeArgumentException;
import fringe.Spectrum;
import ij.IJ;
import ij.ImagePlus;
import ij.Macro;
import ij.gui.GenericDialog;
import ij.gui.Roi;
import ij.plugin.PlugIn;
import java.awt.Rectangle;
import java.util.Locale;

/**
 * Plugins>Fringe>Fringe Spectrum...: the spectrum of the particle at a pixel of the current image, with its reflections and
 * fault planes. A click on a particle does the same, see {@link ParticleClicks}.
 */
public class SpectrumCommand implements PlugIn {
    private static final String TITLE = "Fringe Spectrum";

    /** The spectrum of one particle, and what is said of it. */
    static final class Result {
        final Spectrum spectrum;
        final int number;

        private Result(Spectrum spectrum, int number) {
            this.spectrum = spectrum;
            this.number = number;
        }

        /** Lines "fact, tab, value", and of planes and spots with more values behind further tabs. */
        String text() {
            StringBuilder text = new StringBuilder();
            FaultRating rating = spectrum.rating();
            line(text, "particle", number);
            if (rating.probability() > 0) line(text, "class", rating.className(), number("%.4f", rating.probability()));
            line(text, "unit", spectrum.unit());
            if (!rating.phase().isEmpty()) line(text, "phase", rating.phase(), rating.zone());
            for (Spectrum.Plane plane : spectrum.planes()) {
                Spectrum.Spot layers = spectrum.layers(plane);
                line(text, "plane", number("%.2f", plane.direction()), layers == null ? "" : layers.index());
            }
            for (Spectrum.Spot spot : spectrum.spots())
                line(text, "spot", spot.index(), number("%.6g", spot.spacing()), number("%.2g", spot.spacingError()),
                        number("%.6g", spot.gX()), number("%.6g", spot.gY()), number("%.4g", spot.contrast()));
            return text.toString();
        }

        private static void line(StringBuilder text, String fact, Object... values) {
            text.append(fact);
            for (Object value : values) text.append('\t').append(value);
            text.append('\n');
        }

        private static String number(String format, double value) {
            return String.format(Locale.ROOT, format, value);
        }
    }

    @Override
    public void run(String argument) {
        String options = Macro.getOptions();
        ImagePlus image = SpectrumWindow.micrographOf(IJ.getImage());
        Commands.run(TITLE, image, () -> {
            int[] place = options == null ? ask(image) : parse(new MacroOptions(options));
            if (place != null) SpectrumWindow.show(of(image, place[0], place[1]), image);
        });
    }

    private static int[] ask(ImagePlus image) {
        Roi roi = image.getRoi();
        Rectangle at = roi == null ? new Rectangle(image.getWidth() / 2, image.getHeight() / 2, 0, 0) : roi.getBounds();
        GenericDialog dialog = new GenericDialog(TITLE);
        dialog.addMessage("A pixel of the particle; a click on it does the same.");
        dialog.addNumericField("x", at.x + at.width / 2, 0, 6, "px");
        dialog.addNumericField("y", at.y + at.height / 2, 0, 6, "px");
        dialog.addHelp(HelpCommand.text());
        dialog.showDialog();
        return dialog.wasCanceled() ? null : new int[] {(int) dialog.getNextNumber(), (int) dialog.getNextNumber()};
    }

    private static int[] parse(MacroOptions options) {
        return new int[] {(int) options.integer("x", 0, 0, Integer.MAX_VALUE),
            (int) options.integer("y", 0, 0, Integer.MAX_VALUE)};
    }

    /** For macros without windows: the particle of the current image at a pixel, as text; see {@link Result#text}. */
    public static String call(String x, String y) {
        int[] place = parse(new MacroOptions("x=" + x + " y=" + y));
        return of(SpectrumWindow.micrographOf(IJ.getImage()), place[0], place[1]).text();
    }

    /** Of the current slice. FringeArgumentException where no particle was found at the pixel. */
    static Result of(ImagePlus image, int x, int y) {
        FoundParticles found = FoundParticles.of(image);
        if (found == null)
            throw new FringeArgumentException(image.getTitle() + ": no particles were found in this micrograph since it was "
                    + "opened: Fringe Analyze, Classify or Measure with 'overlay' finds them");
        FoundParticles.Mask mask = found.at(x, y, image.getZ(), image.getT());
        if (mask == null) throw new FringeArgumentException(image.getTitle() + ": there is no particle at " + x + ", " + y);
        try (Monitor monitor = new Monitor(image.getTitle())) {
            return new Result(found.spectrum(image, mask, monitor.run), mask.number);
        }
    }
}
