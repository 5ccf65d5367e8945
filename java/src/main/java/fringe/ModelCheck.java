package fringe;

/** Outcome of a package's own test tensors. The library fills in the fields. */
public final class ModelCheck {
    private long caseCount;
    private long valueCount;
    private long mismatchCount;
    private double largestDifference;
    private double relativeTolerance;
    private double absoluteTolerance;

    ModelCheck() {
    }

    /** Test cases that ran. */
    public long caseCount() {
        return caseCount;
    }

    /** Values compared. */
    public long valueCount() {
        return valueCount;
    }

    /** Values outside the tolerance. */
    public long mismatchCount() {
        return mismatchCount;
    }

    /** Absolute. */
    public double largestDifference() {
        return largestDifference;
    }

    public double relativeTolerance() {
        return relativeTolerance;
    }

    public double absoluteTolerance() {
        return absoluteTolerance;
    }
}
