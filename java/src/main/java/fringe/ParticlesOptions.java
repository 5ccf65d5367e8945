package fringe;

/** Which pixels are particles, and which of them count. Each setter returns the options themselves. */
public final class ParticlesOptions {
    /** What becomes of particles that the edge of the image cuts. */
    public enum Border {
        /** They are marked, and no part of summaries. */
        MARK,
        /** They are marked and count like all others. */
        KEEP,
        /** They are left out. */
        EXCLUDE
    }

    /* Read by the library, by name. */
    private double threshold;
    private int connectivity = 8;
    private boolean fillHoles;
    private double split;
    private double minDiameter;
    private double maxDiameter;
    private long minPixels;
    private int border = Border.MARK.ordinal();
    private double pixelSize;
    private int channel;

    /** What an analysis does unless it is told otherwise: touching particles are divided, specks left out. */
    public static ParticlesOptions forAnalysis() {
        Library.load();
        ParticlesOptions options = new ParticlesOptions();
        Particles.analysisDefaults(options);
        return options;
    }

    public double split() {
        return split;
    }

    public double minDiameter() {
        return minDiameter;
    }

    public long minPixels() {
        return minPixels;
    }

    /** Above 0: pixels of this value or more are a mask, as in a probability map; 0: pixels are labels. */
    public ParticlesOptions threshold(double value) {
        threshold = value;
        return this;
    }

    /** 8: pixels that meet at a corner are connected; 4: at a side only. */
    public ParticlesOptions connectivity(int value) {
        connectivity = value;
        return this;
    }

    /** Whether background that one particle encloses belongs to it. */
    public ParticlesOptions fillHoles(boolean value) {
        fillHoles = value;
        return this;
    }

    /** Divides at necks narrower than this part, to 1, of the narrower side's width; 0: what touches is one. */
    public ParticlesOptions split(double value) {
        split = value;
        return this;
    }

    /** Area-equivalent diameter in nm that a particle has at least; 0: any. */
    public ParticlesOptions minDiameter(double value) {
        minDiameter = value;
        return this;
    }

    /** Area-equivalent diameter in nm that a particle has at most; 0: any. */
    public ParticlesOptions maxDiameter(double value) {
        maxDiameter = value;
        return this;
    }

    /** Pixels that a particle has at least; 0: any. */
    public ParticlesOptions minPixels(long value) {
        minPixels = value;
        return this;
    }

    public ParticlesOptions border(Border value) {
        border = value.ordinal();
        return this;
    }

    /** Nanometres per pixel instead of the calibration; 0: the labels' calibration, or the image's. */
    public ParticlesOptions pixelSize(double value) {
        pixelSize = value;
        return this;
    }

    /** Of the image, from 0. */
    public ParticlesOptions channel(int value) {
        channel = value;
        return this;
    }
}
