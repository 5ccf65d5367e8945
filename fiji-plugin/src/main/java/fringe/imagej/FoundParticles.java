package fringe.imagej;

import fringe.FaultModel;
import fringe.FringeArgumentException;
import fringe.Micrograph;
import fringe.Particles;
import fringe.ParticlesOptions;
import fringe.Run;
import fringe.Spectrum;
import ij.ImagePlus;
import java.awt.Rectangle;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The particles whose outlines an image shows, and how they were looked at: what their spectra are made of later. Kept by
 * the image itself, and gone with it.
 */
final class FoundParticles {
    private static final String KEY = "fringe particles";

    /** The pixels of one particle, in the whole image. */
    static final class Mask {
        /** As its outline's name without the slice. */
        final int number;
        private final int z;
        private final int t;
        private Rectangle box;
        private final BitSet pixels = new BitSet();

        private Mask(int number, int z, int t) {
            this.number = number;
            this.z = z;
            this.t = t;
        }

        private void widen(int x, int y) {
            if (box == null) box = new Rectangle(x, y, 1, 1);
            else if (!box.contains(x, y)) box.add(new Rectangle(x, y, 1, 1));
        }

        private int place(int x, int y) {
            return (y - box.y) * box.width + x - box.x;
        }

        private boolean contains(int x, int y) {
            return box.contains(x, y) && pixels.get(place(x, y));
        }

        private byte[] bytes() {
            byte[] bytes = new byte[box.width * box.height];
            pixels.stream().forEach(i -> bytes[i] = (byte) 255);
            return bytes;
        }
    }

    private final List<Mask> masks = new ArrayList<>();
    private final int channel;
    private final String forest;
    private final String phases;
    private double pixelWidth;
    private double pixelHeight;
    private int imageWidth;
    private int imageHeight;

    /** Of a channel, from 1; `faults` are null where particles are not classified, `phases` "" for the usual ones. */
    FoundParticles(int channel, FaultModel faults, String phases) {
        this.channel = channel;
        this.forest = faults == null ? null : faults.path();
        this.phases = phases.isEmpty() ? null : phases;
    }

    /** The size of a pixel in nm that lengths were measured with; 0 where it is not known. */
    void setPixelSize(double width, double height) {
        pixelWidth = width;
        pixelHeight = height;
    }

    /** Adds the particles of a slice, whose label plane covers `bounds` of the image. */
    void add(Particles found, Rectangle bounds, int z, int t) {
        int[] labels = found.labels();
        int first = masks.size();
        for (int i = 1; i <= found.count(); i++) masks.add(new Mask(i, z, t));
        for (int pass = 0; pass < 2; pass++)
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] == 0) continue;
                Mask mask = masks.get(first + labels[i] - 1);
                int x = bounds.x + i % bounds.width, y = bounds.y + i / bounds.width;
                if (pass == 0) mask.widen(x, y);
                else mask.pixels.set(mask.place(x, y));
            }
    }

    /** Gives them to the image whose overlay they are, in place of those that it had. */
    void keepWith(ImagePlus image) {
        imageWidth = image.getWidth();
        imageHeight = image.getHeight();
        image.setProperty(KEY, this);
    }

    /** Those of an image; null where there are none, or where the image was given another size. */
    static FoundParticles of(ImagePlus image) {
        Object kept = image.getProperty(KEY);
        if (!(kept instanceof FoundParticles)) return null;
        FoundParticles found = (FoundParticles) kept;
        return found.imageWidth == image.getWidth() && found.imageHeight == image.getHeight() ? found : null;
    }

    /** The particle at a pixel of a slice, both from 1; null where there is none. */
    Mask at(int x, int y, int z, int t) {
        for (Mask mask : masks) if (mask.z == z && mask.t == t && mask.contains(x, y)) return mask;
        return null;
    }

    /** The spectrum of a particle, with the class that it was given where it was given one. */
    Spectrum spectrum(ImagePlus image, Mask mask, Run run) {
        try (FaultModel faults = forest == null ? null : FaultModel.load(forest, phases, run);
                Slices slices = new Slices(image, mask.box, false);
                Micrograph labels = Micrograph.of(mask.bytes(), 0, 1, mask.box.height, mask.box.width)) {
            if (pixelWidth > 0) labels.setPixelSize(pixelWidth, pixelHeight);
            Micrograph greys = slices.at(mask.z, mask.t);
            try (Particles alone = Particles.find(labels, null, null, 0, new ParticlesOptions(), run)) {
                if (alone.count() != 1)
                    throw new FringeArgumentException("particle " + mask.number + " is in " + alone.count() + " parts");
                return Spectrum.of(faults, greys, 0, channel - 1, alone, 0, run);
            }
        }
    }
}
