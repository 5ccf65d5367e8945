package fringe;

/** A model is damaged or does not fit. */
public class FringeModelException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeModelException(String message) {
        super(message);
    }
}
