package fringe;

/** One particle and its measures: a copy, which stays when the Particles are closed. */
public final class Particle {
    /* Filled in by the library. */
    private int number;
    private int inputValue;
    private long pixelCount;
    private boolean border;
    private final double[] values = new double[Particles.allColumns().size()];

    Particle() {
    }

    /** The values by the places of their columns in {@link Particles#allColumns}, for the library to fill. */
    double[] values() {
        return values;
    }

    /** Its value in the label plane, from 1. */
    public int number() {
        return number;
    }

    /** Its pixels' value in the input: its class or label there. */
    public int inputValue() {
        return inputValue;
    }

    /** Without holes. */
    public long pixelCount() {
        return pixelCount;
    }

    /** Whether it touches the edge of the image. */
    public boolean border() {
        return border;
    }

    /**
     * A measure by its column ("Area", "diameter"), in units of {@link Particles#unit}; NaN where it has no value or
     * its source was not there. FringeArgumentException where there is no such column.
     */
    public double value(String column) {
        int place = Particles.allColumns().indexOf(column);
        if (place < 0)
            throw new FringeArgumentException(column + " is none of " + String.join(", ", Particles.allColumns()));
        return values[place];
    }
}
