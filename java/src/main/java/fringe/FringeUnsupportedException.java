package fringe;

/** A valid file uses what Fringe lacks. */
public class FringeUnsupportedException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeUnsupportedException(String message) {
        super(message);
    }
}
