Attribute VB_Name = "BscRibbon"
Option Explicit
' The buttons of the tab "Balanced Scorecard" (ribbon.xml). What they do is Python, in bsc_xl/ribbon.py;
' here a button's id is handed on. The xlwings add-in is called by its name, so that this workbook opens,
' calculates and can be filled in where there is no add-in.

Public Sub OnAction(ByVal control As IRibbonControl)
    Dim outcome As Variant, reason As String
    On Error GoTo unreachable
    Application.StatusBar = False ' what an earlier press told
    outcome = Application.Run("xlwings.xlam!RunPython", PythonStatement(control.ID))
    ' the add-in has shown what Python wrote last
    If outcome = -1 Then MsgBox Wording("no_python"), vbExclamation
    Exit Sub
unreachable:
    reason = Err.Description
    MsgBox Wording("no_addin") & vbNewLine & vbNewLine & reason, vbExclamation
End Sub

' The statement that a button runs. There is nothing in it that would need quotes or escapes on its way to Python.
Public Function PythonStatement(ByVal action As String) As String
    PythonStatement = "from bsc_xl.ribbon import " & action & ";" & action & "()"
End Function

' A text in the language of this workbook, kept in it as a hidden name.
Public Function Wording(ByVal key As String) As String
    Wording = Application.Evaluate(ThisWorkbook.Names("bsc_text_" & key).RefersTo)
End Function
