"""The one style sheet and the Qt palette, both built from a :class:`~app.ui.look.theme.Colours`."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from app.ui.look.theme import NUMBER_FAMILY, SMALL_PX, Colours, Theme, text_font


def qt_palette(colours: Colours) -> QPalette:
    """Qt's own palette, for everything the style sheet does not reach."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.window,
        QPalette.ColorRole.AlternateBase: colours.panel,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.PlaceholderText: colours.faint,
        QPalette.ColorRole.Button: colours.raised,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.ToolTipBase: colours.raised,
        QPalette.ColorRole.ToolTipText: colours.text,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Link: colours.accent,
        QPalette.ColorRole.BrightText: colours.sell,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    return palette


def style_sheet(colours: Colours) -> str:
    """The style sheet of the whole window.

    Widgets say what they are with the dynamic property `role`; nothing outside this function sets a colour in QSS.
    """
    c = colours
    return f"""
QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.control}; padding: 4px 6px; }}
QMainWindow, QWidget[role="window"] {{ background: {c.window}; }}
QWidget[role="bar"] {{ background: {c.panel}; border: 0; }}
QWidget[role="top"] {{ background: {c.panel}; border: 0; border-bottom: 1px solid {c.line}; }}
QWidget[role="replay"] {{ background: {c.replay_fill}; border: 0; border-bottom: 2px dashed {c.replay}; }}
QLabel[role="moment"] {{ font-family: "{NUMBER_FAMILY}"; font-size: 13px; font-weight: 700; color: {c.replay}; }}
QWidget[role="replay"] QLabel[role="mono"], QWidget[role="replay"] QLabel[role="small"] {{ color: {c.text}; }}
QSlider::groove:horizontal {{ background: {c.control}; height: 4px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {c.replay}; height: 4px; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {c.replay}; width: 10px; height: 18px; margin: -7px 0; border-radius: 3px; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {c.text}; }}
QWidget[role="foot"] {{ background: {c.panel}; border: 0; border-top: 1px solid {c.line}; }}
QWidget[role="side"] {{ background: {c.panel}; border: 0; border-left: 1px solid {c.line}; }}
QWidget[role="amend"] {{ background: {c.draft_area}; border: 0; }}
QLabel {{ background: transparent; color: {c.text}; }}
QLabel[role="heading"] {{ color: {c.dim}; font-size: {SMALL_PX}px; font-weight: 600; letter-spacing: 0.6px; }}
QLabel[role="dim"] {{ color: {c.dim}; }}
QLabel[role="label"] {{ color: {c.dim}; font-size: 12px; }}
QLabel[role="small"] {{ color: {c.dim}; font-size: {SMALL_PX}px; }}
QLabel[role="why"] {{ color: {c.faint}; font-size: {SMALL_PX}px; }}
QLabel[role="hint"] {{ color: {c.dim}; font-size: {SMALL_PX}px; }}
QLabel[role="problem"] {{ color: {c.sell}; font-size: {SMALL_PX}px; }}
QLabel[role="caution"] {{ color: {c.warn}; font-size: {SMALL_PX}px; }}
QLabel[role="moved"] {{ color: {c.unknown}; font-size: {SMALL_PX}px; }}
QLabel[role="name"] {{ color: {c.text}; font-size: 12px; font-weight: 600; }}
QLabel[role="apart"] {{ color: {c.window}; background: {c.warn}; font-size: 12px; font-weight: 600; }}
QLabel[role="mono"] {{ font-family: "{NUMBER_FAMILY}"; font-size: {SMALL_PX}px; color: {c.dim}; }}
QPlainTextEdit[role="wire"] {{ color: {c.dim}; background: {c.window}; border: 1px solid {c.control};
    border-radius: 5px; padding: 4px 6px; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QWidget[role="dock"] {{ background: {c.window}; border: 0; border-top: 1px solid {c.line}; }}
QPlainTextEdit[role="record"] {{ color: {c.dim}; background: {c.window}; border: 0; padding: 4px 8px; }}
QPlainTextEdit[role="wire"]:focus {{ border-color: {c.accent}; }}
QFrame[role="entry"] {{ background: transparent; border: 1px solid transparent;
    border-bottom: 1px solid {c.grid}; }}
QFrame[role="entry now"] {{ background: {c.selected}; border: 1px solid {c.accent}; }}
QFrame[role="entry"]:hover {{ background: {c.hover}; }}
QFrame[role="entry"]:focus {{ background: {c.selected}; border: 1px solid {c.accent}; }}
QLabel[role="key"] {{ font-family: "{NUMBER_FAMILY}"; font-size: 10px; color: {c.dim}; background: {c.raised};
    border: 1px solid {c.control}; border-radius: 3px; padding: 0 4px; }}
QTableView {{ background: {c.window}; border: 0; outline: 0; gridline-color: transparent;
    selection-background-color: transparent; }}
QHeaderView {{ background: {c.panel}; border: 0; }}
QHeaderView::section {{ background: {c.panel}; color: {c.dim}; border: 0; border-bottom: 1px solid {c.line};
    padding: 0 6px; font-size: {SMALL_PX}px; font-weight: 500; }}
QHeaderView::section:hover {{ color: {c.text}; }}
QPushButton {{ background: transparent; color: {c.text}; border: 1px solid {c.control}; border-radius: 6px;
    padding: 0 12px; min-height: 28px; font-weight: 600; font-size: 12px; }}
QPushButton:hover {{ background: {c.raised}; }}
QPushButton:focus {{ border: 2px solid {c.accent}; padding: 0 11px; }}
QPushButton:disabled {{ color: {c.faint}; border: 1px dashed {c.control}; }}
QPushButton[role="send"] {{ background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; }}
QPushButton[role="send"]:focus {{ border: 2px solid {c.text}; padding: 0 11px; }}
QPushButton[role="send"]:disabled {{ background: {c.raised}; color: {c.faint}; border: 1px dashed {c.control}; }}
QPushButton[role="danger"] {{ color: {c.sell}; border-color: {c.danger_border}; }}
QPushButton[role="danger"]:checked {{ background: {c.sell}; color: {c.window}; }}
QPushButton[role="hold"]:checked {{ background: {c.warn}; color: {c.window}; border-color: {c.warn}; }}
QPushButton[role="pill"], QPushButton[role="danger pill"], QPushButton[role="hold pill"], QRadioButton {{
    background: {c.raised}; color: {c.dim}; border: 1px solid {c.control};
    border-radius: 4px; padding: 0 7px; min-height: 22px; font-size: {SMALL_PX}px; font-weight: 500; }}
QPushButton[role="pill"]:hover, QRadioButton:hover {{ color: {c.text}; }}
QPushButton[role="pill"]:checked, QRadioButton:checked {{
    background: {c.selected}; border-color: {c.accent}; color: {c.accent}; }}
QRadioButton::indicator {{ width: 0; height: 0; image: none; border: 0; background: transparent; }}
QRadioButton {{ spacing: 0; }}
QPushButton[role="danger pill"] {{ color: {c.sell}; border-color: {c.danger_border}; }}
QPushButton[role="hold pill"] {{ background: {c.warn}; color: {c.window}; border-color: {c.warn}; }}
QPushButton[role="pill"]:focus, QPushButton[role="danger pill"]:focus, QPushButton[role="hold pill"]:focus,
QRadioButton:focus {{
    border: 2px solid {c.accent}; padding: 0 6px; }}
QPushButton[role="pill"]:disabled, QRadioButton:disabled {{ border: 1px dashed {c.control}; color: {c.faint}; }}
QPushButton[role="link"] {{ border: 0; color: {c.accent}; padding: 0; min-height: 20px; font-size: {SMALL_PX}px;
    font-weight: 500; text-align: left; }}
QPushButton[role="link"]:hover, QPushButton[role="link"]:focus {{ text-decoration: underline; border: 0; padding: 0; }}
QLineEdit {{ background: {c.window}; color: {c.text}; border: 1px solid {c.control}; border-radius: 6px;
    padding: 0 10px; min-height: 30px; selection-background-color: {c.accent};
    selection-color: {c.on_accent}; }}
QLineEdit:focus {{ border: 1px solid {c.accent}; }}
QAbstractSpinBox {{ background: transparent; color: {c.text}; border: 0; padding: 0; font-family: "{NUMBER_FAMILY}";
    font-size: 12px; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QAbstractSpinBox QLineEdit {{ background: transparent; border: 0; padding: 0; min-height: 0; }}
QCheckBox {{ color: {c.text}; spacing: 7px; font-size: 12px; min-height: 24px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {c.control}; border-radius: 3px;
    background: {c.window}; }}
QCheckBox::indicator:checked {{ background: {c.accent}; border: 4px solid {c.window}; width: 8px; height: 8px; }}
QCheckBox::indicator:focus {{ border-color: {c.accent}; }}
QWidget[role="line"] {{ background: {c.line}; }}
QTabBar {{ background: {c.panel}; border: 0; }}
QTabBar::tab {{ background: transparent; color: {c.dim}; padding: 8px 2px; margin: 0 8px; border: 0;
    border-bottom: 2px solid transparent; font-size: 12px; }}
QTabBar::tab:selected {{ color: {c.text}; border-bottom: 2px solid {c.accent}; }}
QTabBar::tab:focus {{ color: {c.accent}; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollArea {{ background: transparent; color: {c.text}; border: 0; }}
QScrollArea[role="pane"] {{ border: 1px solid transparent; }}
QScrollArea[role="pane"]:focus {{ border: 1px solid {c.accent}; }}
QScrollBar:vertical {{ background: {c.window}; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: {c.window}; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {c.control}; border-radius: 4px; min-height: 28px; min-width: 28px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMenu {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.control}; padding: 4px; }}
QMenu::item {{ padding: 5px 18px; border-radius: 4px; }}
QMenu::item:selected {{ background: {c.selected}; color: {c.text}; }}
QSplitter::handle {{ background: {c.line}; }}
"""


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Put a theme on the application: Fusion underneath, our palette and sheet on top, now and on every change."""
    app.setStyle("Fusion")
    app.setFont(text_font())

    def put() -> None:
        app.setPalette(qt_palette(theme.colours))
        app.setStyleSheet(style_sheet(theme.colours))

    put()
    theme.changed.connect(put)
