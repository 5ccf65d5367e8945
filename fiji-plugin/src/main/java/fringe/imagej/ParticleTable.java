package fringe.imagej;

import fringe.FaultModel;
import fringe.FaultRating;
import fringe.Particle;
import fringe.Particles;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of particles for ImageJ's table: its own columns under its own names, at the places where it looks for them, then
 * Fringe's, as in the command line's `-particles.csv`.
 */
final class ParticleTable {
    /** In pixels, also where all other lengths are not. */
    private static final List<String> PIXEL_PLACES = Arrays.asList("FeretX", "FeretY");
    private static final List<String> PLACES = Arrays.asList("X", "Y", "XM", "YM", "BX", "BY", "FeretX", "FeretY");

    private static final class Row {
        String label;
        int slice;
        int channel;
        Particle particle;
        double[] values;
        List<String> columns;
        FaultRating rating;
        String unit;
    }

    private final List<Row> rows = new ArrayList<>();
    private double left;
    private double top;
    private double pixelWidth = 1;
    private double pixelHeight = 1;

    /** Places are given in the whole image: particles were found in a part that begins at this pixel. */
    void setOrigin(double x, double y, double unitsPerPixelX, double unitsPerPixelY) {
        left = x;
        top = y;
        pixelWidth = unitsPerPixelX;
        pixelHeight = unitsPerPixelY;
    }

    /**
     * Adds the particles of a slice, which counts from 1 (0: there is but one), of a channel (0: likewise). Ratings are
     * null where they are not classified.
     */
    void add(Particles particles, FaultRating[] ratings, String label, int slice, int channel) {
        List<String> columns = particles.columns();
        for (int i = 0; i < particles.count(); i++) {
            Row row = new Row();
            row.label = label;
            row.slice = slice;
            row.channel = channel;
            row.particle = particles.get(i);
            row.columns = columns;
            row.values = new double[columns.size()];
            for (int c = 0; c < row.values.length; c++) row.values[c] = shifted(row.particle, columns.get(c));
            row.rating = ratings == null ? null : ratings[i];
            row.unit = particles.unit();
            rows.add(row);
        }
    }

    private double shifted(Particle particle, String column) {
        double value = particle.value(column);
        if (!PLACES.contains(column)) return value;
        boolean x = column.contains("X"), pixels = PIXEL_PLACES.contains(column);
        return value + (x ? left * (pixels ? 1 : pixelWidth) : top * (pixels ? 1 : pixelHeight));
    }

    int size() {
        return rows.size();
    }

    /** Appends all rows. */
    void appendTo(ResultsTable table) {
        if (table.size() == 0) table.setDefaultHeadings();
        for (Row row : rows) {
            table.incrementCounter();
            table.addLabel(row.label);
            for (int c = 0; c < row.values.length; c++) table.addValue(row.columns.get(c), row.values[c]);
            if (row.channel > 0) table.addValue("Ch", row.channel);
            if (row.slice > 0) table.addValue("Slice", row.slice);
            if (row.rating != null) addRating(table, row.rating);
            table.addValue("pixels", row.particle.pixelCount());
            table.addValue("border", row.particle.border() ? 1 : 0);
            table.addValue("particle", row.particle.number());
            table.addValue("input_value", row.particle.inputValue());
            table.addValue("unit", row.unit);
        }
    }

    private static void addRating(ResultsTable table, FaultRating rating) {
        table.addValue("class", rating.className());
        table.addValue("probability", rating.probability());
        table.addValue("fault_probability", rating.faultProbability());
        table.addValue("resolved", rating.resolved() ? 1 : 0);
        table.addValue("spots", rating.spotCount());
        table.addValue("phase", rating.phase());
        table.addValue("zone", rating.zone());
        for (String column : FaultModel.latticeColumns()) table.addValue(column, rating.lattice(column));
    }

    /** The diameters of the particles that summaries count: of those with a fault alone, or of all. */
    double[] diameters(boolean withBorder, boolean faultsOnly) {
        return rows.stream().filter(row -> withBorder || !row.particle.border())
                .filter(row -> !faultsOnly || (row.rating != null && FaultModel.seen(row.rating.fault())))
                .mapToDouble(row -> row.particle.value("diameter")).toArray();
    }

    /** Whether particles have classes. */
    boolean classified() {
        return !rows.isEmpty() && rows.get(0).rating != null;
    }

    /** The unit of lengths, "pixel" where there are no particles. */
    String unit() {
        return rows.isEmpty() ? "pixel" : rows.get(0).unit;
    }
}
