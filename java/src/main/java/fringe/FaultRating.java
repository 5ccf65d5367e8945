package fringe;

import java.util.List;

/** What is said of one particle: its class, its lattice, where fault planes run. A copy, which stays. */
public final class FaultRating {
    /** A plane, seen as a line from border to border of its particle, in pixels. */
    public static final class Line {
        public final double x0;
        public final double y0;
        public final double x1;
        public final double y1;
        /** Whether it is a twin's plane, else a stacking fault's. */
        public final boolean twin;
        /** How complete the lattice's change across it is, 0 to 1. */
        public final double strength;

        private Line(double[] numbers, int from) {
            x0 = numbers[from];
            y0 = numbers[from + 1];
            x1 = numbers[from + 2];
            y1 = numbers[from + 3];
            twin = numbers[from + 4] != 0;
            strength = numbers[from + 5];
        }
    }

    private static final int LINE_NUMBERS = 6;

    /* Filled in by the library. */
    private int fault;
    private double faultProbability;
    private boolean resolved;
    private int spotCount;
    private String phase;
    private int zoneU;
    private int zoneV;
    private int zoneW;
    private boolean pixelSizeOff;
    private double[] probabilities;
    private double[] lattice;
    private Line[] lines;

    FaultRating() {
    }

    void setNumbers(double[][] parts) {
        probabilities = parts[0];
        lattice = parts[1];
        lines = new Line[parts[2].length / LINE_NUMBERS];
        for (int i = 0; i < lines.length; i++) lines[i] = new Line(parts[2], i * LINE_NUMBERS);
    }

    /** The place of its class in {@link FaultModel#classNames}. */
    public int fault() {
        return fault;
    }

    /** "stacking fault", "no fault seen". */
    public String className() {
        return FaultModel.classNames().get(fault);
    }

    /** Calibrated, of its class. */
    public double probability() {
        return probabilities[fault];
    }

    /** Calibrated, of a class by its place in {@link FaultModel#classNames}. */
    public double probability(int ofFault) {
        return probabilities[ofFault];
    }

    /** Of the classes in which a fault is seen. */
    public double faultProbability() {
        return faultProbability;
    }

    /** Whether reflections stand out in two directions or more. */
    public boolean resolved() {
        return resolved;
    }

    /** Reflections that stand out, each and its opposite counted once. */
    public int spotCount() {
        return spotCount;
    }

    /**
     * The phase; "Au or Ag" where the errors of its reflections leave two or three alike, "" where they leave more. What
     * else is said of the phase is of the likeliest of them.
     */
    public String phase() {
        return phase;
    }

    /** "[1 1 0]", the direction of the crystal along the beam; "" without a phase, and where several phases disagree. */
    public String zone() {
        return zoneU == 0 && zoneV == 0 && zoneW == 0 ? "" : "[" + zoneU + " " + zoneV + " " + zoneW + "]";
    }

    /** Whether the lattice says that the pixel size is off by more than 1 %. */
    public boolean pixelSizeOff() {
        return pixelSizeOff;
    }

    /** A number about the lattice by its column, "d1"; NaN where there is none. */
    public double lattice(String column) {
        List<String> columns = FaultModel.latticeColumns();
        int place = columns.indexOf(column);
        if (place < 0) throw new FringeArgumentException(column + " is none of " + String.join(", ", columns));
        return lattice[place];
    }

    /** Planes, the most certain first; only where the class says that a fault is seen. */
    public Line[] lines() {
        return lines.clone();
    }
}
