import fringe.Listener;
import fringe.Micrograph;
import fringe.MicrographInfo;
import fringe.Model;
import fringe.Run;
import fringe.SegmentOptions;
import fringe.Segmentation;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Segments the first slice of a micrograph and writes the mask as PGM.
 *
 * java -cp Fringe_-VERSION.jar SegmentMicrograph.java MODEL MICROGRAPH MASK.pgm
 */
public class SegmentMicrograph {
    public static void main(String[] arguments) throws IOException {
        Listener says = new Listener() {
            @Override
            public void notice(Run run, String name, String text) {
                System.err.println("note: " + text);
            }
        };
        try (Run run = new Run(0, says);
                Model model = Model.load(arguments[0], run);
                Micrograph micrograph = Micrograph.open(arguments[1], run);
                Segmentation made = Segmentation.of(model, micrograph, 0, new SegmentOptions().threshold(0.5), run);
                OutputStream out = new FileOutputStream(arguments[2])) {
            MicrographInfo info = micrograph.info();
            System.out.println(info.width() + " x " + info.height() + " pixels of " + info.pixelSizeX() + " nm, "
                    + model.info().name());
            out.write(("P5\n" + made.width() + " " + made.height() + "\n255\n").getBytes(StandardCharsets.US_ASCII));
            out.write(made.labels(0));
        }
    }
}
