package fringe.imagej;

import ij.gui.Plot;
import java.awt.Color;
import java.util.Arrays;

/** How many particles have which diameter, and how many of them a fault. */
final class SummaryPlot {
    private static final int MOST_BARS = 40;

    private SummaryPlot() {
    }

    /** Null where no particle counts: those that the edge cuts do only `withBorder`. */
    static Plot of(ParticleTable table, String title, boolean withBorder) {
        double[] all = table.diameters(withBorder, false), faulted = table.diameters(withBorder, true);
        if (all.length == 0) return null;
        double most = Arrays.stream(all).max().getAsDouble();
        int bars = Math.max(1, Math.min(MOST_BARS, (int) Math.ceil(Math.sqrt(all.length))));
        double width = most / bars;
        double[] middles = new double[bars], counts = count(all, bars, width);
        for (int i = 0; i < bars; i++) middles[i] = (i + 0.5) * width;
        Plot plot = new Plot(title, "diameter (" + table.unit() + ")", "particles");
        plot.setColor(Color.black, new Color(86, 180, 233));
        plot.add("bar", middles, counts);
        plot.setLimits(0, most, 0, 1.1 * Arrays.stream(counts).max().getAsDouble());
        if (table.classified()) {
            plot.setColor(Color.black, new Color(230, 159, 0));
            plot.add("bar", middles, count(faulted, bars, width));
            plot.setColor(Color.black);
            plot.addLegend("all: " + all.length + "\nwith a fault: " + faulted.length);
        }
        return plot;
    }

    /** A bar holds what lies above its lower end, up to its upper one. */
    private static double[] count(double[] diameters, int bars, double width) {
        double[] counts = new double[bars];
        for (double diameter : diameters) counts[Math.min(bars - 1, (int) (diameter / width))]++;
        return counts;
    }
}
